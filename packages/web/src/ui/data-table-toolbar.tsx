import { Columns3 } from 'lucide-react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import type { DataColumn } from './data-table-model.ts';
import { Menu } from './menu.tsx';
import type { TableState } from './use-table-state.ts';

/** Filters at the left, the choice of columns at the right. */
export function DataTableToolbar<Item>({
  columns,
  state,
  children,
}: {
  readonly columns: readonly DataColumn<Item>[];
  readonly state: TableState;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="border-line flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b px-4 py-1.5">
      {children}
      <div className="ml-auto">
        <Menu
          trigger={
            <Button kind="quiet" size="small" icon={Columns3}>
              {uiWords('columns')}
            </Button>
          }
          entries={columns.map((column) => ({
            kind: 'choice' as const,
            label: column.header,
            isChosen: state.visibility[column.id] === true,
            onSelect: () => state.setVisible(column.id, state.visibility[column.id] !== true),
          }))}
        />
      </div>
    </div>
  );
}
