import { useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ReactNode } from 'react';

import { startLive } from '../../api/live.ts';
import { outdateQueries } from '../../api/outdate-queries.ts';
import { frameWords } from '../../words/frame.ts';
import { CommandPalette } from './command-palette.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';
import { useLeaveWhenSignedOut } from './use-leave-when-signed-out.ts';

/** Rail at the left, bar at the top, the page in the rest; pages scroll by themselves. */
export function Frame(): ReactNode {
  const client = useQueryClient();
  useLeaveWhenSignedOut();
  useEffect(() => {
    const stopOutdating = outdateQueries(client);
    const stopLive = startLive();
    return () => {
      stopLive();
      stopOutdating();
    };
  }, [client]);
  return (
    <div className="flex h-full">
      <a
        href="#page"
        className="bg-surface-1 shadow-float fixed top-2 left-2 z-60 -translate-y-16 rounded-md px-3 py-1 focus:translate-y-0"
      >
        {frameWords('skip')}
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar />
        <main
          id="page"
          tabIndex={-1}
          className="bg-surface-1 flex min-h-0 flex-1 flex-col overflow-auto outline-none"
        >
          <Outlet />
        </main>
      </div>
      <CommandPalette />
    </div>
  );
}
