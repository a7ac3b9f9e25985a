import { MapPinOff } from 'lucide-react';
import type { ReactNode } from 'react';

import { ButtonLink } from '../ui/button-link.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { frameWords } from '../words/frame.ts';

export function NotFoundPage(): ReactNode {
  return (
    <EmptyState
      icon={MapPinOff}
      title={frameWords('notFound')}
      action={
        <ButtonLink href="/" kind="primary">
          {frameWords('goHome')}
        </ButtonLink>
      }
    >
      {frameWords('notFoundHelp')}
    </EmptyState>
  );
}
