import { PreviewCard } from '@base-ui/react/preview-card';
import type { ReactElement, ReactNode } from 'react';

/** More about an object while the pointer or the focus rests on its link. */
export function HoverCard({
  children,
  content,
}: {
  /** The link; it takes props and a ref. */
  readonly children: ReactElement;
  readonly content: ReactNode;
}): ReactNode {
  return (
    <PreviewCard.Root>
      <PreviewCard.Trigger render={children} delay={500} />
      <PreviewCard.Portal>
        <PreviewCard.Positioner sideOffset={6} className="z-50">
          <PreviewCard.Popup data-card="" className="opens shadow-float bg-surface-1 w-72 rounded-md p-3">
            {content}
          </PreviewCard.Popup>
        </PreviewCard.Positioner>
      </PreviewCard.Portal>
    </PreviewCard.Root>
  );
}
