import type { ReactNode } from 'react';

import { useLiveState } from '../../api/live.ts';
import { classNames } from '../../ui/class-names.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import { frameWords } from '../../words/frame.ts';

/** Whether what is shown follows the server. */
export function LiveIndicator(): ReactNode {
  const state = useLiveState();
  const isLive = state === 'live';
  return (
    <Tooltip text={frameWords(state === 'reconnecting' ? 'reconnectingHelp' : 'liveHelp')}>
      <span
        role="status"
        data-live={state}
        data-tour="live"
        tabIndex={0}
        className={classNames(
          'inline-flex items-center gap-1.5 rounded-sm px-1 text-sm',
          isLive ? 'text-ink-2' : 'text-warn font-medium',
        )}
      >
        <span
          aria-hidden
          className={classNames(
            'size-2',
            isLive ? 'bg-ok rounded-full' : 'border-warn rounded-full border-2',
          )}
        />
        {frameWords(state)}
      </span>
    </Tooltip>
  );
}
