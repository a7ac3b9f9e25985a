import { Link } from '@tanstack/react-router';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { classNames } from '../../ui/class-names.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { readRemembered, remember } from '../../ui/remembered.ts';
import { useMediaQuery } from '../../ui/use-media-query.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import { frameWords } from '../../words/frame.ts';
import { MillraceMark } from './millrace-mark.tsx';
import { usePages } from './use-pages.ts';
import type { Page } from './use-pages.ts';

/** The pages, always at hand; narrow when one wants the room. */
export function Rail(): ReactNode {
  const pages = usePages();
  const isNarrowWindow = useMediaQuery('(max-width: 1100px)');
  const [choice, setChoice] = useState(() => readRemembered('rail'));
  const isNarrow = choice === undefined ? isNarrowWindow : choice === 'narrow';
  const toggle = (): void => {
    const next = isNarrow ? 'wide' : 'narrow';
    remember('rail', next);
    setChoice(next);
  };
  return (
    <nav
      aria-label={frameWords('mainMenu')}
      data-tour="rail"
      className={classNames(
        'border-line bg-surface-0 flex shrink-0 flex-col border-r',
        isNarrow ? 'w-12' : 'w-48',
      )}
    >
      <Link
        to="/"
        aria-label="Millrace"
        className="flex h-11 shrink-0 items-center gap-2.5 px-3.5 text-lg font-semibold tracking-tight focus-visible:-outline-offset-2"
      >
        <MillraceMark />
        {isNarrow ? null : 'Millrace'}
      </Link>
      <ul className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto p-2">
        {pages.map((page) => (
          <li key={page.path}>
            <RailLink page={page} isNarrow={isNarrow} />
          </li>
        ))}
      </ul>
      <div className="p-2">
        <IconButton
          icon={isNarrow ? PanelLeftOpen : PanelLeftClose}
          label={frameWords(isNarrow ? 'expand' : 'collapse')}
          onClick={toggle}
          side="right"
        />
      </div>
    </nav>
  );
}

function RailLink({ page, isNarrow }: { readonly page: Page; readonly isNarrow: boolean }): ReactNode {
  const { icon: Icon, title, path } = page;
  const link = (
    <Link
      to={path}
      activeOptions={{ exact: path === '/', includeSearch: false }}
      aria-label={isNarrow ? title : undefined}
      className="text-ink-2 hover:bg-surface-2 hover:text-ink-1 data-[status=active]:bg-accent-soft data-[status=active]:text-ink-1 flex h-8 items-center gap-2.5 rounded-md px-2 data-[status=active]:font-medium"
    >
      <Icon size={16} aria-hidden className="shrink-0" />
      {isNarrow ? null : <span className="truncate">{title}</span>}
    </Link>
  );
  return isNarrow ? (
    <Tooltip text={title} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}
