import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { pipelineAddress } from '../../app/addresses.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { homeWords } from '../../words/home.ts';
import { Section } from './section.tsx';

const SHOWN = 6;

/** What runs next by itself. */
export function NextRuns(): ReactNode {
  const { data } = useOperation('schedules/list-schedules', {});
  const next = (data?.schedules ?? [])
    .flatMap(({ pipeline, nextAt }) => (nextAt === null ? [] : [{ pipeline, nextAt }]))
    .sort((one, other) => one.nextAt.localeCompare(other.nextAt));
  if (next.length === 0) return null;
  return (
    <Section title={homeWords('next')}>
      <ul className="border-line border-t">
        {next.slice(0, SHOWN).map(({ pipeline, nextAt }) => (
          <li
            key={pipeline}
            className="border-line flex h-8 items-center justify-between gap-3 border-b px-4 text-sm"
          >
            <AppLink
              href={pipelineAddress(pipeline)}
              className="text-accent-ink min-w-0 truncate rounded-sm font-medium hover:underline"
            >
              {pipeline}
            </AppLink>
            <span className="text-ink-2 shrink-0">
              <RelativeTime at={nextAt} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
