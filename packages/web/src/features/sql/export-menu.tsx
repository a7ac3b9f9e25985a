import type { OperationInput, OperationOutput } from '@millrace/control-plane';
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import { call } from '../../api/call.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes, formatShare } from '../../ui/format-number.ts';
import { Menu } from '../../ui/menu.tsx';
import { sqlWords } from '../../words/sql.ts';

export type Format = Pick<OperationInput<'warehouse/start-export'>, 'format' | 'isRaw'>;
type Export = OperationOutput<'warehouse/show-export'>;

const FORMATS: readonly (Format & { readonly label: string })[] = [
  { format: 'csv', isRaw: false, label: sqlWords('exportCsv') },
  { format: 'csv', isRaw: true, label: sqlWords('exportRaw') },
  { format: 'xlsx', isRaw: false, label: sqlWords('exportExcel') },
  { format: 'json', isRaw: false, label: sqlWords('exportJson') },
  { format: 'parquet', isRaw: false, label: sqlWords('exportParquet') },
];
const LOOK_MS = 300;

export interface ExportMenuProps {
  readonly isDisabled: boolean;
  /** Asks the server to write a file, and gives what follows it. */
  readonly start: (format: Format) => Promise<{ readonly exportId: string }>;
  readonly size?: 'small';
}

/** Writes all rows to a file on the server, says how far it is, and hands it out. */
export function ExportMenu({ isDisabled, start, size }: ExportMenuProps): ReactNode {
  const [wanted, setWanted] = useState<{ readonly start: () => ReturnType<typeof start> } | null>(null);
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            disabled={isDisabled}
            className={buttonLook(size === 'small' ? 'secondary' : 'quiet', size)}
          >
            <Download size={16} aria-hidden />
            {sqlWords('export')}
          </button>
        }
        entries={FORMATS.map(({ label, ...format }) => ({
          label,
          onSelect: () => setWanted({ start: () => start(format) }),
        }))}
      />
      {wanted === null ? null : <ExportDialog wanted={wanted} onClose={() => setWanted(null)} />}
    </>
  );
}

type Progress =
  | { readonly state: 'running'; readonly shown: Export | null }
  | { readonly state: 'done'; readonly shown: Export }
  | { readonly state: 'failed'; readonly error: unknown };

function ExportDialog({
  wanted,
  onClose,
}: {
  readonly wanted: { readonly start: () => ReturnType<ExportMenuProps['start']> };
  readonly onClose: () => void;
}): ReactNode {
  const [progress, setProgress] = useState<Progress>({ state: 'running', shown: null });
  useEffect(() => {
    const left = new AbortController();
    const follow = async (): Promise<void> => {
      const { exportId } = await wanted.start();
      for (;;) {
        if (left.signal.aborted) {
          await call('warehouse/cancel-query', { queryId: exportId });
          return;
        }
        const shown = await call('warehouse/show-export', { exportId });
        if (left.signal.aborted) continue;
        if (shown.state === 'failed') throw new Error(shown.reason ?? sqlWords('exportFailed'));
        setProgress({ state: shown.state === 'running' ? 'running' : 'done', shown });
        if (shown.state !== 'running') return;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    };
    follow().catch((error: unknown) => {
      if (!left.signal.aborted) setProgress({ state: 'failed', error });
    });
    return () => left.abort();
  }, [wanted]);
  const share = progress.state === 'running' ? (progress.shown?.progress ?? null) : null;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={sqlWords(
        progress.state === 'done' ? 'exported' : progress.state === 'failed' ? 'exportFailed' : 'exporting',
      )}
      actions={
        progress.state === 'done' && progress.shown.download !== null ? (
          <a href={progress.shown.download} download onClick={onClose} className={buttonLook('primary')}>
            <Download size={16} aria-hidden />
            {sqlWords('download')}
          </a>
        ) : (
          <Button onClick={onClose}>{sqlWords('cancel')}</Button>
        )
      }
    >
      {progress.state === 'failed' ? (
        <ErrorPanel title={sqlWords('exportFailed')} error={progress.error} />
      ) : progress.state === 'done' ? (
        <p>
          {sqlWords('exportedRows', {
            count: progress.shown.rows ?? 0,
            size: formatBytes(progress.shown.sizeBytes ?? 0),
          })}
        </p>
      ) : (
        <div className="flex items-center gap-3">
          <progress
            aria-label={sqlWords('exporting')}
            className="accent-accent h-2 flex-1"
            max={1}
            {...(share === null ? {} : { value: share })}
          />
          <span className="w-10 text-right tabular-nums">{share === null ? '' : formatShare(share)}</span>
        </div>
      )}
    </Dialog>
  );
}
