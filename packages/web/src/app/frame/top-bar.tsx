import { LockOpen, Search } from 'lucide-react';
import type { ReactNode } from 'react';

import { useSession } from '../../api/session.ts';
import { useOperation } from '../../api/use-operation.ts';
import { KeyHint } from '../../ui/key-hint.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { frameWords } from '../../words/frame.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { openPalette } from './command-palette-state.ts';
import { LiveIndicator } from './live-indicator.tsx';
import { UserMenu } from './user-menu.tsx';

/** Where one is, of what; the search; whether it is live; who one is. */
export function TopBar(): ReactNode {
  const session = useSession().data;
  const { data } = useOperation('projects/show-project', {});
  return (
    <header className="border-line bg-surface-0 flex h-11 shrink-0 items-center gap-3 border-b px-4">
      <div className="flex min-w-0 flex-1 items-center gap-3">
        <div className="flex min-w-0 shrink-0 items-baseline gap-1.5">
          <Tooltip text={frameWords('project')}>
            <span tabIndex={0} className="text-ink-2 max-w-44 truncate rounded-sm" data-tour="project">
              {data?.name ?? ''}
            </span>
          </Tooltip>
          {data?.environment == null ? null : (
            <Tooltip text={frameWords('environment')}>
              <span tabIndex={0} className="bg-surface-3 text-ink-2 rounded-sm px-1.5 text-xs">
                {data.environment}
              </span>
            </Tooltip>
          )}
        </div>
        <span aria-hidden className="bg-line h-4 w-px shrink-0" />
        <Breadcrumbs />
      </div>
      <button
        type="button"
        onClick={openPalette}
        aria-keyshortcuts="Control+K Meta+K"
        data-tour="palette"
        className="border-line-strong text-ink-3 hover:bg-surface-2 flex h-7 w-64 min-w-0 shrink items-center gap-2 rounded-md border px-2"
      >
        <Search size={14} aria-hidden className="shrink-0" />
        <span className="min-w-0 flex-1 truncate text-left">{frameWords('search')}</span>
        <KeyHint keys="Mod+K" />
      </button>
      <div className="flex shrink-0 items-center gap-2">
        {session?.isAuthOff === true ? (
          <Tooltip text={frameWords('noAuthHelp')}>
            <span
              tabIndex={0}
              className="bg-warn-soft text-warn inline-flex h-5 items-center gap-1 rounded-full px-2 text-sm font-medium"
            >
              <LockOpen size={12} aria-hidden />
              {frameWords('noAuth')}
            </span>
          </Tooltip>
        ) : null}
        <LiveIndicator />
        <UserMenu />
      </div>
    </header>
  );
}
