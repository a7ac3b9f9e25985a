import { useMatches, useRouter } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useEffect } from 'react';
import type { ReactNode } from 'react';

import { AppLink } from '../../ui/app-link.tsx';
import { frameWords } from '../../words/frame.ts';
import '../route-data.ts';

interface Crumb {
  readonly title: string;
  readonly href: string;
}

/** The way to this page: every part of its address that is a page itself, as a link. Also names the window. */
export function Breadcrumbs(): ReactNode {
  const crumbs = useCrumbs();
  const here = crumbs.at(-1)?.title;
  useEffect(() => {
    document.title = here === undefined ? 'Millrace' : `${here} · Millrace`;
  }, [here]);
  return (
    <nav aria-label={frameWords('breadcrumbs')} className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map((crumb, index) => (
          <li key={crumb.href} className="flex min-w-0 items-center gap-1">
            {index === 0 ? null : <ChevronRight size={14} aria-hidden className="text-ink-3 shrink-0" />}
            {index === crumbs.length - 1 ? (
              <span aria-current="page" className="truncate font-medium">
                {crumb.title}
              </span>
            ) : (
              <AppLink
                href={crumb.href}
                className="text-ink-2 hover:text-ink-1 truncate rounded-sm hover:underline"
              >
                {crumb.title}
              </AppLink>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function useCrumbs(): readonly Crumb[] {
  const { routesByPath } = useRouter();
  const match = useMatches().at(-1);
  if (match === undefined) return [];
  const params: Readonly<Record<string, string>> = match.params;
  const routes: Readonly<Record<string, (typeof routesByPath)[keyof typeof routesByPath] | undefined>> =
    routesByPath;
  const parts = match.fullPath.split('/').filter((part) => part !== '');
  const templates = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  return (templates.length === 0 ? ['/'] : templates).flatMap((template) => {
    const title = routes[template]?.options.staticData?.title?.(params);
    if (title === undefined) return [];
    const href = template.replace(/\$(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    return [{ title, href }];
  });
}
