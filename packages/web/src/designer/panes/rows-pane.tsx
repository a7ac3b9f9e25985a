import type { OperationOutput } from '@millrace/control-plane';
import { RefreshCw, Rows3 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import { DataGrid } from '../../ui/data-grid.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format-number.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { designerWords } from '../../words/designer.ts';
import { isNumeric } from '../model/mini-bars.ts';
import { useDesigner } from '../state/use-designer.ts';
import { useStepPreview } from '../state/use-step-preview.ts';
import { MiniProfile } from './mini-profile.tsx';

type Preview = NonNullable<OperationOutput<'pipelines/preview-draft'>['preview']>;
type Relation = Preview['outputs'][number];

/** Rows that go into the selected step beside those that come out. */
export function RowsPane(): ReactNode {
  const { state, learnCounts, isReadOnly } = useDesigner();
  const [step] = state.selected.length === 1 ? state.selected : [];
  const { shown, isPending, error, refresh } = useStepPreview(state, isReadOnly ? undefined : step);
  const answer = shown?.answer;
  useEffect(() => {
    const preview = answer?.preview;
    if (preview === undefined || preview === null) return;
    learnCounts(
      new Map(
        [...preview.inputs, ...preview.outputs].flatMap(({ name, estimatedRows, sampledRows }) =>
          estimatedRows === null && preview.sources.some(({ isComplete }) => !isComplete)
            ? []
            : [[name, estimatedRows ?? sampledRows] as const],
        ),
      ),
    );
  }, [answer, learnCounts]);
  if (isReadOnly)
    return (
      <EmptyState icon={Rows3} title={designerWords('rowsForWriters')}>
        {designerWords('rowsForWritersHelp')}
      </EmptyState>
    );
  if (step === undefined)
    return (
      <EmptyState icon={Rows3} title={designerWords('selectStep')}>
        {designerWords('selectStepHelp')}
      </EmptyState>
    );
  if (error !== null && answer === undefined)
    return (
      <div className="p-3">
        <ErrorPanel title={designerWords('rows')} error={error} onRetry={refresh} />
      </div>
    );
  if (answer === undefined) return <p className="text-ink-3 p-4">{designerWords('rows')}…</p>;
  if (answer.preview === null)
    return (
      <EmptyState icon={Rows3} title={answer.reason ?? ''}>
        {null}
      </EmptyState>
    );
  const { inputs, outputs } = answer.preview;
  return (
    <div
      aria-busy={isPending}
      data-preview={step}
      className={`relative flex min-h-0 flex-1 ${isPending ? 'opacity-80' : ''}`}
    >
      {inputs.length === 0 ? (
        <Side title={designerWords('rowsOut')} relations={outputs} />
      ) : (
        <SplitPane
          name="designer.rows"
          direction="row"
          sized="first"
          size={Math.round(window.innerWidth / 4)}
          first={<Side title={designerWords('rowsIn')} relations={inputs} />}
          second={<Side title={designerWords('rowsOut')} relations={outputs} />}
        />
      )}
      <div className="absolute top-0 right-2">
        <IconButton icon={RefreshCw} label={designerWords('readNew')} onClick={refresh} side="left" />
      </div>
    </div>
  );
}

function Side({
  title,
  relations,
}: {
  readonly title: string;
  readonly relations: readonly Relation[];
}): ReactNode {
  const [chosen, setChosen] = useState('');
  const relation = relations.find(({ name }) => name === chosen) ?? relations[0];
  if (relation === undefined) return null;
  const { name, columns, rows, sampledRows, estimatedRows } = relation;
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col" aria-label={`${title}: ${name}`}>
      <div className="text-ink-2 h-7 shrink-0 pr-10 pl-3 text-sm">
        <div className="flex h-full items-center gap-2 overflow-hidden">
          <span className="shrink-0 font-medium">{title}</span>
          {relations.map((each) =>
            relations.length === 1 ? (
              <span key={each.name} className="max-w-40 shrink-0 truncate font-mono">
                {each.name}
              </span>
            ) : (
              <button
                key={each.name}
                type="button"
                aria-pressed={each === relation}
                onClick={() => setChosen(each.name)}
                className="aria-pressed:bg-surface-3 aria-pressed:text-ink-1 hover:bg-surface-2 max-w-40 shrink-0 truncate rounded-sm px-1.5 font-mono"
              >
                {each.name}
              </button>
            ),
          )}
          <span className="text-ink-3 truncate">
            {estimatedRows === null
              ? designerWords('sampleOf', { count: formatNumber(sampledRows) })
              : designerWords('sampleOfAbout', {
                  count: formatNumber(sampledRows),
                  total: formatNumber(estimatedRows),
                })}
          </span>
        </div>
      </div>
      <DataGrid
        key={name}
        label={`${title}: ${name}`}
        belowHeight={20}
        columns={columns.map((column, index) => ({
          name: column.name,
          type: column.type,
          isNumeric: isNumeric(column),
          below: (
            <MiniProfile column={column} rows={sampledRows} values={rows.map((row) => row[index] ?? null)} />
          ),
        }))}
        rows={rows.map((row) =>
          row.map((value, index) => (columns[index]?.isHidden === true ? '•••' : value)),
        )}
      />
    </section>
  );
}
