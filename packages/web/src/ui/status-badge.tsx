import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CirclePause,
  CircleSlash,
  LoaderCircle,
  OctagonX,
  TriangleAlert,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { classNames } from './class-names.ts';

/** What a status means for the reader; each has a colour and a shape of its own. */
export type StatusTone = 'ok' | 'warn' | 'bad' | 'busy' | 'waiting' | 'paused' | 'off' | 'unknown';

const TONES: Readonly<
  Record<StatusTone, { readonly icon: LucideIcon; readonly look: string; readonly ink: string }>
> = {
  ok: { icon: CircleCheck, look: 'bg-ok-soft text-ok', ink: 'text-ok' },
  warn: { icon: TriangleAlert, look: 'bg-warn-soft text-warn', ink: 'text-warn' },
  bad: { icon: OctagonX, look: 'bg-bad-soft text-bad', ink: 'text-bad' },
  busy: { icon: LoaderCircle, look: 'bg-busy-soft text-busy', ink: 'text-busy' },
  waiting: { icon: CircleDashed, look: 'bg-surface-2 text-ink-2', ink: 'text-ink-2' },
  paused: { icon: CirclePause, look: 'bg-surface-2 text-ink-2', ink: 'text-ink-2' },
  off: { icon: CircleSlash, look: 'bg-surface-2 text-ink-3', ink: 'text-ink-3' },
  unknown: { icon: CircleHelp, look: 'bg-surface-2 text-ink-3', ink: 'text-ink-3' },
};

export interface StatusBadgeProps {
  readonly tone: StatusTone;
  /** The word of the status: `Running`. */
  readonly children: ReactNode;
  /** Without a background, for tables. */
  readonly isPlain?: boolean;
  /** Small for cards. */
  readonly size?: 'normal' | 'small';
}

/** A status as shape, word and colour. */
export function StatusBadge({
  tone,
  children,
  isPlain = false,
  size = 'normal',
}: StatusBadgeProps): ReactNode {
  const { icon: Icon, look, ink } = TONES[tone];
  return (
    <span
      className={classNames(
        'inline-flex min-w-0 items-center gap-1 align-middle font-medium whitespace-nowrap',
        size === 'small' ? 'text-xs' : 'text-sm',
        isPlain ? ink : `h-5 rounded-full pr-2 pl-1 ${look}`,
      )}
    >
      <Icon size={size === 'small' ? 12 : 14} strokeWidth={2.25} aria-hidden className="shrink-0" />
      <span className="truncate">{children}</span>
    </span>
  );
}
