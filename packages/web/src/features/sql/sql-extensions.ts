import { acceptCompletion, closeCompletion, completeFromList } from '@codemirror/autocomplete';
import { PostgreSQL, sql, SQLDialect } from '@codemirror/lang-sql';
import type { Extension } from '@codemirror/state';
import { Prec } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { OperationOutput } from '@millrace/control-plane';
import { useMemo, useRef } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { SQL_FUNCTIONS } from '../../designer/model/sql-functions.generated.ts';
import { datasetOfStatement } from './dataset-of-statement.ts';

type Dataset = OperationOutput<'datasets/list-datasets'>['datasets'][number];

const DUCKDB = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords ?? ''} qualify pivot unpivot summarize describe asof semi anti exclude replace columns sample filter limit offset ilike`,
});

const FUNCTIONS = completeFromList(
  SQL_FUNCTIONS.map(([label, detail]) => ({
    label,
    detail,
    apply: `${label}(`,
    type: 'function',
    boost: -10,
  })),
);

/** DuckDB's SQL with its functions, the names of datasets, and of the columns of those that the statement reads; Ctrl-Enter asks. */
export function useSqlExtensions(
  datasets: readonly Dataset[],
  statement: string,
  ask: () => void,
): Extension {
  const latest = useRef(ask);
  latest.current = ask;
  const read = datasetOfStatement(datasets, statement);
  const shown = useOperation(
    'datasets/show-dataset',
    { connection: read?.connection ?? '-', name: read?.name ?? '-' },
    { isEnabled: read !== undefined, freshForMs: 60_000 },
  );
  const columns = shown.data?.columns;
  return useMemo(() => {
    const schema: Record<string, string[]> = {};
    for (const { name } of datasets)
      schema[name] = name === read?.name ? (columns ?? []).map((column) => column.name) : [];
    return [
      DUCKDB.language.data.of({ autocomplete: FUNCTIONS }),
      sql({
        dialect: DUCKDB,
        schema,
        upperCaseKeywords: true,
        ...(read === undefined ? {} : { defaultTable: read.name }),
      }),
      Prec.highest(
        keymap.of([
          {
            key: 'Mod-Enter',
            run: (view) => {
              closeCompletion(view);
              latest.current();
              return true;
            },
          },
          { key: 'Tab', run: acceptCompletion },
        ]),
      ),
    ];
  }, [datasets, read?.name, columns]);
}
