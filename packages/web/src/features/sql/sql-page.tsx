import type { EditorView } from '@codemirror/view';
import { SquareTerminal } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { call } from '../../api/call.ts';
import { useOperation } from '../../api/use-operation.ts';
import { CodeEditor } from '../../ui/code-editor.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { sqlWords } from '../../words/sql.ts';
import { ExportMenu } from './export-menu.tsx';
import { QuerySide } from './query-side.tsx';
import { ResultPane } from './result-pane.tsx';
import { SaveQueryDialog } from './save-query-dialog.tsx';
import { SqlActions } from './sql-actions.tsx';
import { useSqlExtensions } from './sql-extensions.ts';
import { goToMark, useErrorMark } from './use-error-mark.ts';
import { useQueryRun } from './use-query-run.ts';

const INPUT = {};

/** Questions to the warehouse: a statement, its answer, and what was asked before. */
export function SqlPage(): ReactNode {
  const [shared, setShared] = useUrlState('q');
  const [sql, setSql] = useState(shared);
  const [isSaving, setSaving] = useState(false);
  const { run, start, cancel } = useQueryRun();
  const datasets = useOperation('datasets/list-datasets', INPUT, { freshForMs: 60_000 });
  const latest = useRef(sql);
  latest.current = sql;
  const ask = useCallback((): void => {
    if (latest.current.trim() === '') return;
    setShared(latest.current);
    start(latest.current);
  }, [setShared, start]);
  const names = useMemo(() => datasets.data?.datasets ?? [], [datasets.data]);
  const extensions = useSqlExtensions(names, sql, ask);
  const [view, setView] = useState<EditorView | undefined>(undefined);
  useErrorMark(view, run, sql);
  const open = (text: string): void => {
    setSql(text);
    setShared(text);
  };
  return (
    <>
      <PageHeader
        title={sqlWords('title')}
        icon={SquareTerminal}
        actions={
          <SqlActions
            sql={sql}
            run={run}
            onRun={ask}
            onCancel={cancel}
            onSave={() => setSaving(true)}
            exportMenu={
              <ExportMenu
                isDisabled={sql.trim() === ''}
                start={(format) => call('warehouse/start-export', { ...format, sql })}
              />
            }
          />
        }
      />
      <SplitPane
        name="sql-side"
        direction="row"
        sized="first"
        size={240}
        first={
          <QuerySide
            datasets={names}
            onOpen={open}
            onInsert={(text) => setSql((known) => `${known}${text}`)}
          />
        }
        second={
          <SplitPane
            name="sql-editor"
            direction="column"
            sized="first"
            size={220}
            first={
              <CodeEditor
                label={sqlWords('editor')}
                value={sql}
                onChange={setSql}
                extensions={extensions}
                onView={setView}
              />
            }
            second={<ResultPane run={run} onShowError={(mark) => goToMark(view, mark)} />}
          />
        }
      />
      <SaveQueryDialog isOpen={isSaving} onClose={() => setSaving(false)} sql={sql} />
    </>
  );
}
