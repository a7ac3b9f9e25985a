import { Toast } from '@base-ui/react/toast';
import { Check, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';

export interface Notice {
  /** What happened: `Connection shop removed.` */
  readonly title: string;
  readonly description?: string;
  readonly kind?: 'done' | 'failed';
  /** What takes it back; offered as a button while the notice stands. */
  readonly undo?: () => void;
  /** Where to go on from it, as a button in place of undoing. */
  readonly next?: { readonly label: string; readonly onClick: () => void };
}

const manager = Toast.createToastManager();

/** Says something at the corner of the window, for a few seconds; a failure stays until it is closed. */
export function notify({ title, description, kind = 'done', undo, next }: Notice): void {
  const action = next ?? (undo === undefined ? undefined : { label: uiWords('undo'), onClick: undo });
  const id = manager.add({
    title,
    ...(description === undefined ? {} : { description }),
    type: kind,
    priority: kind === 'failed' ? 'high' : 'low',
    timeout: kind === 'failed' ? 0 : action === undefined ? 5_000 : 10_000,
    ...(action === undefined
      ? {}
      : {
          actionProps: {
            children: action.label,
            onClick: () => {
              manager.close(id);
              action.onClick();
            },
          },
        }),
  });
}

/** Once, around the application. */
export function ToastScope({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      {children}
      <Toast.Portal>
        <Toast.Viewport
          aria-label={uiWords('notifications')}
          className="fixed right-4 bottom-4 z-60 flex w-[min(360px,calc(100vw-32px))] flex-col gap-2"
        >
          <Notices />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Notices(): ReactNode {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="opens shadow-float bg-surface-1 rounded-md data-limited:hidden"
    >
      <Toast.Content className="flex items-start gap-2 p-3">
        {toast.type === 'failed' ? (
          <TriangleAlert size={16} aria-hidden className="text-bad mt-0.5 shrink-0" />
        ) : (
          <Check size={16} aria-hidden className="text-ok mt-0.5 shrink-0" />
        )}
        <div className="min-w-0 flex-1">
          <Toast.Title className="font-medium break-words" render={<p />} />
          <Toast.Description className="text-ink-2 text-sm break-words" />
        </div>
        <Toast.Action className="text-accent-ink hover:bg-surface-2 -my-0.5 h-6 shrink-0 rounded-md px-2 font-medium" />
        <Toast.Close
          aria-label={uiWords('close')}
          className="text-ink-3 hover:bg-surface-2 -my-0.5 -mr-1 flex size-6 shrink-0 items-center justify-center rounded-md"
        >
          <X size={14} aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
