import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { AppLink } from './app-link.tsx';
import type { AppLinkProps } from './app-link.tsx';
import { buttonLook } from './button.tsx';
import type { ButtonKind } from './button.tsx';

export interface ButtonLinkProps extends Omit<AppLinkProps, 'className'> {
  readonly kind?: ButtonKind;
  readonly size?: 'medium' | 'small';
  readonly icon?: LucideIcon;
  /** The place that the tour points at. */
  readonly 'data-tour'?: string;
}

/** A link to a page of the portal that looks like a button. */
export function ButtonLink({ kind, size, icon: Icon, children, ...rest }: ButtonLinkProps): ReactNode {
  return (
    <AppLink {...rest} className={buttonLook(kind, size)}>
      {Icon === undefined ? null : <Icon size={16} aria-hidden />}
      {children}
    </AppLink>
  );
}
