import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

/** Words that appear over an element on hover and focus; the element keeps its own accessible name. */
export function Tooltip({
  text,
  children,
  side = 'bottom',
}: {
  readonly text: ReactNode;
  /** One element that takes props and a ref. */
  readonly children: ReactElement;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
}): ReactNode {
  return (
    <BaseTooltip.Root>
      <BaseTooltip.Trigger render={children} />
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner side={side} sideOffset={6} className="z-50">
          <BaseTooltip.Popup className="opens shadow-float bg-ink-1 text-surface-1 max-w-80 rounded-sm px-2 py-1 text-sm break-words">
            {text}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}

/** Once, around the application: after the first tooltip the next ones come at once. */
export function TooltipScope({ children }: { readonly children: ReactNode }): ReactNode {
  return <BaseTooltip.Provider delay={400}>{children}</BaseTooltip.Provider>;
}
