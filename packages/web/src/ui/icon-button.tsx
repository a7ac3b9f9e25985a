import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { classNames } from './class-names.ts';
import { KeyHint } from './key-hint.tsx';
import { Tooltip } from './tooltip.tsx';

export interface IconButtonProps {
  readonly icon: LucideIcon;
  /** What it does; the tooltip and the accessible name. */
  readonly label: string;
  readonly onClick?: () => void;
  readonly isDisabled?: boolean;
  /** For a button that stays in: pressed or not. */
  readonly isPressed?: boolean;
  /** The key that does the same: `Mod+K`. */
  readonly keys?: string;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
}

/** An icon that acts, with its words in a tooltip. */
export function IconButton({
  icon: Icon,
  label,
  onClick,
  isDisabled = false,
  isPressed,
  keys,
  side = 'bottom',
}: IconButtonProps): ReactNode {
  const text = keys === undefined ? label : <KeyedLabel label={label} keys={keys} />;
  return (
    <Tooltip text={text} side={side}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={isPressed}
        disabled={isDisabled}
        onClick={onClick}
        className={classNames(
          'text-ink-2 hover:bg-surface-2 hover:text-ink-1 inline-flex size-7 shrink-0 items-center justify-center rounded-md disabled:opacity-50',
          isPressed === true && 'bg-surface-3 text-ink-1',
        )}
      >
        <Icon size={16} aria-hidden />
      </button>
    </Tooltip>
  );
}

function KeyedLabel({ label, keys }: { readonly label: string; readonly keys: string }): ReactNode {
  return (
    <span className="inline-flex items-center gap-2">
      {label} <KeyHint keys={keys} />
    </span>
  );
}
