import type { ReactNode } from 'react';

/** One step: its question, what answers it, and the buttons below, which stay in sight. */
export function WizardPage({
  title,
  children,
  notice,
  footer,
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** What came of the last button, above the buttons and always in sight. */
  readonly notice?: ReactNode;
  readonly footer?: ReactNode;
}): ReactNode {
  return (
    <>
      <h1 className="shrink-0 px-4 pt-4 pb-3 text-xl font-semibold">{title}</h1>
      <div className="flex min-h-0 flex-1 flex-col overflow-auto">{children}</div>
      {notice === undefined || notice === null ? null : <div className="shrink-0 px-4 pb-2">{notice}</div>}
      {footer === undefined ? null : (
        <div className="border-line flex min-h-12 shrink-0 items-center gap-2 border-t px-4 py-2">
          {footer}
        </div>
      )}
    </>
  );
}
