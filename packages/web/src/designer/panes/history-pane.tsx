import { diffText } from '@millrace/spec';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { notify } from '../../ui/toast.tsx';
import { designerWords } from '../../words/designer.ts';
import { compareSteps } from '../model/compare-steps.ts';
import { useDesigner } from '../state/use-designer.ts';

const ORIGINS = { saved: 'revisionSaved', file: 'revisionFile', restored: 'revisionRestored' } as const;

/** Every text that the file has had, compared with the one on the canvas. */
export function HistoryPane(): ReactNode {
  const { state } = useDesigner();
  const [chosen, setChosen] = useState<{ readonly revision: string; readonly number: number } | undefined>(
    undefined,
  );
  const list = useOperation('pipelines/list-revisions', { pipeline: state.pipeline });
  if (list.error !== null) return <ErrorPanel title={designerWords('history')} error={list.error} />;
  const revisions = list.data?.revisions ?? [];
  return (
    <SplitPane
      name="designer.history"
      direction="row"
      sized="first"
      size={320}
      first={
        <ul className="min-h-0 flex-1 overflow-y-auto py-1">
          {revisions.map(({ number, revision, isValid, origin, author, seenAt }) => (
            <li key={number}>
              <button
                type="button"
                aria-pressed={chosen?.number === number}
                onClick={() => setChosen({ revision, number })}
                className="hover:bg-surface-2 aria-pressed:bg-surface-3 flex w-full items-baseline gap-2 px-3 py-1 text-left"
              >
                <span className="text-ink-3 w-8 shrink-0 text-right tabular-nums">{number}</span>
                <span className="min-w-0 flex-1 truncate">
                  {designerWords(ORIGINS[origin])}
                  {author === null ? '' : ` · ${author}`}
                  {isValid ? null : <span className="text-bad"> · {designerWords('invalid')}</span>}
                </span>
                <span className="text-ink-3 shrink-0 text-sm">
                  <RelativeTime at={seenAt} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      }
      second={
        chosen === undefined ? (
          <p className="text-ink-3 p-4">{designerWords('chooseRevision')}</p>
        ) : (
          <Comparison {...chosen} />
        )
      }
    />
  );
}

function Comparison({ revision, number }: { readonly revision: string; readonly number: number }): ReactNode {
  const { state, dispatch, isReadOnly } = useDesigner();
  const read = useOperation(
    'pipelines/read-revision',
    { pipeline: state.pipeline, revision },
    { freshForMs: Number.POSITIVE_INFINITY },
  );
  const text = read.data?.text;
  const present = state.log.text;
  const differences = useMemo(() => (text === undefined ? [] : compareSteps(text, present)), [text, present]);
  const diff = useMemo(
    () => (text === undefined ? '' : diffText(text, present, state.file).split('\n').slice(2).join('\n')),
    [text, present, state.file],
  );
  if (read.error !== null) return <ErrorPanel title={designerWords('history')} error={read.error} />;
  if (text === undefined) return null;
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-auto">
      <div className="border-line bg-surface-1 sticky top-0 flex items-center gap-2 border-b px-3 py-1.5">
        <ul className="flex min-w-0 flex-1 flex-wrap gap-1.5 text-sm">
          {differences.length === 0 ? <li className="text-ink-2">{designerWords('noDifference')}</li> : null}
          {differences.map(({ name, kind }) => (
            <li key={name} className={`rounded-sm px-1.5 ${LOOKS[kind].look}`}>
              {LOOKS[kind].sign} {name}
            </li>
          ))}
        </ul>
        <Button
          size="small"
          isDisabled={text === present || isReadOnly}
          onClick={() => {
            dispatch({ kind: 'replace', text, label: designerWords('restore') });
            notify({ title: designerWords('restored', { number }), undo: () => dispatch({ kind: 'undo' }) });
          }}
        >
          {designerWords('restore')}
        </Button>
      </div>
      <pre className="p-2 font-mono text-sm">
        {diff.split('\n').map((line, index) => (
          <span
            key={index}
            className={`block px-1 ${line.startsWith('+') ? 'bg-ok-soft' : line.startsWith('-') ? 'bg-bad-soft' : 'text-ink-2'}`}
          >
            {line === '' ? ' ' : line}
          </span>
        ))}
      </pre>
    </div>
  );
}

const LOOKS = {
  added: { sign: '+', look: 'bg-ok-soft text-ok' },
  removed: { sign: '−', look: 'bg-bad-soft text-bad' },
  changed: { sign: '~', look: 'bg-warn-soft text-warn' },
} as const;
