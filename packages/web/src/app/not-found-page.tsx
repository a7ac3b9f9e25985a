import { MapPinOff } from 'lucide-react';
import type { ReactNode } from 'react';

import { ButtonLink } from '../ui/button-link.tsx';
import { frameWords } from '../words/frame.ts';

/** Stands alone: an address that is no page has no frame. */
export function NotFoundPage(): ReactNode {
  return (
    <main className="flex h-full flex-col items-center justify-center gap-2 px-6 pb-24 text-center">
      <MapPinOff size={24} strokeWidth={1.5} aria-hidden className="text-ink-3" />
      <h1 className="text-lg font-semibold">{frameWords('notFound')}</h1>
      <p className="text-ink-2 max-w-md">{frameWords('notFoundHelp')}</p>
      <div className="mt-2">
        <ButtonLink href="/" kind="primary">
          {frameWords('goHome')}
        </ButtonLink>
      </div>
    </main>
  );
}
