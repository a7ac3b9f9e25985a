import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly icon: LucideIcon;
  /** What belongs here: `No pipelines yet`. */
  readonly title: string;
  readonly children?: ReactNode;
  /** The first thing to do. */
  readonly action?: ReactNode;
}

/** An empty pane: what belongs there, and the first action. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps): ReactNode {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-12 text-center">
      <Icon size={24} strokeWidth={1.5} aria-hidden className="text-ink-3" />
      <h2 className="font-medium">{title}</h2>
      {children === undefined ? null : <div className="text-ink-2">{children}</div>}
      {action === undefined ? null : <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
