import { useRouter } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react';

export interface AppLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** An address of the portal: `/runs/01J…`. */
  readonly href: string;
  readonly ref?: Ref<HTMLAnchorElement>;
}

/** A link to a page of the portal, by its address; opens in a new tab like any other when one asks for it. */
export function AppLink({ href, onClick, ...rest }: AppLinkProps): ReactNode {
  const router = useRouter();
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        router.history.push(href);
      }}
    />
  );
}

/** A link in running text and in tables. */
export function TextLink({
  href,
  children,
}: {
  readonly href: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <AppLink href={href} className="text-accent-ink rounded-sm font-medium hover:underline">
      {children}
    </AppLink>
  );
}
