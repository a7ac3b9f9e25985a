import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export interface PageHeaderProps {
  readonly title: ReactNode;
  /** The icon of the kind of object. */
  readonly icon?: LucideIcon;
  /** Facts in one line beside the title: a status, a time, an owner. */
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
}

/** The title line of a page. */
export function PageHeader({ title, icon: Icon, facts, actions }: PageHeaderProps): ReactNode {
  return (
    <div className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      {Icon === undefined ? null : (
        <Icon size={20} strokeWidth={1.75} aria-hidden className="text-ink-3 shrink-0" />
      )}
      <h1 className="min-w-0 truncate text-xl font-semibold">{title}</h1>
      {facts === undefined ? null : <div className="text-ink-2 flex min-w-0 items-center gap-3">{facts}</div>}
      {actions === undefined ? null : <div className="ml-auto flex items-center gap-2">{actions}</div>}
    </div>
  );
}
