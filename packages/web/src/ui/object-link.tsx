import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { AppLink } from './app-link.tsx';
import { HoverCard } from './hover-card.tsx';

/** The link of an object with a card that says more of it; the card is made when it opens, and may ask the server. */
export function ObjectLink({
  href,
  children,
  card,
}: {
  readonly href: string;
  /** What the object is called. */
  readonly children: ReactNode;
  /** An `ObjectCard`. */
  readonly card: ReactNode;
}): ReactNode {
  return (
    <HoverCard content={card}>
      <AppLink href={href} className="text-accent-ink rounded-sm font-medium hover:underline">
        {children}
      </AppLink>
    </HoverCard>
  );
}

export interface ObjectCardProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** How it is now. */
  readonly status?: ReactNode;
  readonly description?: string | null | undefined;
  /** Words and values; those without a value are left out. */
  readonly facts: readonly (readonly [label: string, value: ReactNode])[];
  /** The server has not answered yet. */
  readonly isPending?: boolean;
}

/** What is to be known of an object at a glance. */
export function ObjectCard({
  icon: Icon,
  title,
  status,
  description,
  facts,
  isPending = false,
}: ObjectCardProps): ReactNode {
  const told = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return (
    <div className="flex flex-col gap-1.5" aria-busy={isPending || undefined}>
      <p className="flex items-start gap-2 font-medium">
        <Icon size={16} aria-hidden className="text-ink-2 mt-px shrink-0" />
        <span className="min-w-0 flex-1 break-words">{title}</span>
        {status}
      </p>
      {description === null || description === undefined || description === '' ? null : (
        <p className="text-ink-2 text-sm">{description}</p>
      )}
      {isPending ? <p className="text-ink-3 text-sm">{uiWords('loading')}</p> : null}
      {told.length === 0 ? null : (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-sm">
          {told.map(([label, value]) => (
            <div key={label} className="contents">
              <dt className="text-ink-3">{label}</dt>
              <dd className="break-words">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
