import { Button as BaseButton } from '@base-ui/react/button';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode, Ref } from 'react';

import { classNames } from './class-names.ts';

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger';

export interface ButtonProps {
  readonly kind?: ButtonKind;
  readonly size?: 'medium' | 'small';
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
  readonly onClick?: () => void;
  readonly type?: 'button' | 'submit';
  readonly isDisabled?: boolean;
  /** Working: it says so, keeps its width and takes no second click. */
  readonly isBusy?: boolean;
  /** Id of the form that a submit button outside of it sends. */
  readonly form?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-describedby'?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

const KINDS: Readonly<Record<ButtonKind, string>> = {
  primary: 'bg-accent-fill text-accent-on hover:bg-accent-fill-hover border-transparent',
  secondary: 'bg-surface-1 text-ink-1 hover:bg-surface-2 border-line-strong',
  quiet: 'bg-transparent text-ink-2 hover:bg-surface-2 hover:text-ink-1 border-transparent',
  danger: 'bg-bad-fill text-bad-on hover:opacity-90 border-transparent',
};

/** The look of a button, for links that are drawn as one. */
export function buttonLook(kind: ButtonKind = 'secondary', size: 'medium' | 'small' = 'medium'): string {
  return classNames(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none',
    size === 'medium' ? 'h-7 px-2.5' : 'h-6 px-2 text-sm',
    KINDS[kind],
    'aria-disabled:opacity-50 disabled:opacity-50',
  );
}

export function Button({
  kind = 'secondary',
  size = 'medium',
  icon: Icon,
  children,
  type = 'button',
  isDisabled = false,
  isBusy = false,
  ref,
  ...rest
}: ButtonProps): ReactNode {
  return (
    <BaseButton
      {...rest}
      {...(ref === undefined ? {} : { ref })}
      type={type}
      disabled={isDisabled || isBusy}
      focusableWhenDisabled={isBusy}
      aria-busy={isBusy || undefined}
      className={buttonLook(kind, size)}
    >
      {Icon === undefined ? null : <Icon size={16} aria-hidden className={isBusy ? 'opacity-40' : ''} />}
      {children}
      {isBusy ? <span aria-hidden>…</span> : null}
    </BaseButton>
  );
}
