import type { ReactNode } from 'react';

import { MillraceMark } from '../../app/frame/millrace-mark.tsx';

/** A page without the frame, for people whom the server does not know yet. */
export function LonePage({
  title,
  help,
  children,
}: {
  readonly title: string;
  readonly help?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <main className="bg-surface-0 flex min-h-dvh flex-col items-center px-4 pt-[16vh] pb-8">
      <div className="w-full max-w-[360px]">
        <MillraceMark />
        <h1 className="mt-4 text-xl font-semibold">{title}</h1>
        {help === undefined ? null : <p className="text-ink-2 mt-1">{help}</p>}
        <div className="mt-5">{children}</div>
      </div>
    </main>
  );
}
