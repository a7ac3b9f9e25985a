import { Copy } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import { cellText } from './cell-text.ts';
import type { CellValue } from './cell-text.ts';
import { Drawer } from './dialog.tsx';
import { formatBytes } from './format-number.ts';

/** One value of a grid, whole. */
export function DataGridCell({
  column,
  row,
  value,
  onClose,
}: {
  readonly column: string;
  readonly row: number;
  readonly value: CellValue;
  readonly onClose: () => void;
}): ReactNode {
  const [isCopied, setCopied] = useState(false);
  const isNull = value === null || value === undefined;
  const text = cellText(value);
  return (
    <Drawer
      isOpen
      onClose={onClose}
      title={uiWords('value', { column })}
      description={`#${row} · ${formatBytes(new TextEncoder().encode(text).length)}`}
      actions={
        <Button
          icon={Copy}
          onClick={() => {
            void navigator.clipboard?.writeText(text).then(() => setCopied(true));
          }}
        >
          {uiWords(isCopied ? 'copied' : 'copy')}
        </Button>
      }
    >
      {isNull ? (
        <p className="text-ink-3 italic">{uiWords('nullValue')}</p>
      ) : (
        <pre
          tabIndex={0}
          className="bg-surface-2 max-h-full overflow-auto rounded-md p-3 font-mono text-sm break-all whitespace-pre-wrap"
        >
          {text}
        </pre>
      )}
    </Drawer>
  );
}
