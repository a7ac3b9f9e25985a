import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { classNames } from './class-names.ts';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons, the one that acts last. */
  readonly actions?: ReactNode;
  readonly width?: 'narrow' | 'wide';
}

const BACKDROP = 'opens fixed inset-0 z-40 bg-[oklch(0.2_0.02_240/0.35)]';

/** A question or a small form over the page; Escape leaves it. */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  actions,
  width = 'narrow',
}: DialogProps): ReactNode {
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={BACKDROP} />
        <BaseDialog.Popup
          className={classNames(
            'opens shadow-float bg-surface-1 fixed top-[12vh] left-1/2 z-40 flex max-h-[76vh] w-[calc(100vw-32px)] -translate-x-1/2 flex-col rounded-md',
            width === 'narrow' ? 'max-w-[440px]' : 'max-w-[760px]',
          )}
        >
          <Heading title={title} description={description} />
          {children === undefined ? null : (
            <div className="min-h-0 overflow-y-auto px-4 pb-4">{children}</div>
          )}
          {actions === undefined ? null : (
            <div className="border-line flex items-center justify-end gap-2 border-t px-4 py-3">
              {actions}
            </div>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** A panel at the right edge, for the details of what is selected; the page stays where it is. */
export function Drawer({ isOpen, onClose, title, description, children, actions }: DialogProps): ReactNode {
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={BACKDROP} />
        <BaseDialog.Popup className="opens shadow-float bg-surface-1 fixed inset-y-0 right-0 z-40 flex w-[min(520px,calc(100vw-48px))] flex-col">
          <Heading title={title} description={description} />
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-4">{children}</div>
          {actions === undefined ? null : (
            <div className="border-line flex items-center justify-end gap-2 border-t px-4 py-3">
              {actions}
            </div>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

function Heading({ title, description }: Pick<DialogProps, 'title' | 'description'>): ReactNode {
  return (
    <div className="flex items-start gap-2 p-4">
      <div className="min-w-0 flex-1">
        <BaseDialog.Title className="text-lg font-semibold break-words">{title}</BaseDialog.Title>
        {description === undefined ? null : (
          <BaseDialog.Description className="text-ink-2 mt-1" render={<div />}>
            {description}
          </BaseDialog.Description>
        )}
      </div>
      <BaseDialog.Close
        aria-label={uiWords('close')}
        className="text-ink-3 hover:bg-surface-2 hover:text-ink-1 -mt-1 -mr-1 flex size-7 shrink-0 items-center justify-center rounded-md"
      >
        <X size={16} aria-hidden />
      </BaseDialog.Close>
    </div>
  );
}
