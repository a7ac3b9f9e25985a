import type { ReactNode } from 'react';

/** A part of the page under its heading. */
export function Section({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count?: number;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section aria-label={title} className="shrink-0">
      <h2 className="text-ink-2 flex h-8 items-center gap-2 px-4 font-medium">
        {title}
        {count === undefined ? null : (
          <span className="bg-surface-3 text-ink-2 rounded-full px-1.5 text-xs tabular-nums">{count}</span>
        )}
      </h2>
      {children}
    </section>
  );
}
