import { Table2 } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { connectionAddress } from '../../app/addresses.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckboxField } from '../../ui/checkbox-field.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format-number.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { connectWords } from '../../words/connect.ts';
import { uiWords } from '../../words/ui.ts';
import type { Connection } from './choose-system.tsx';
import type { ChosenTable, ProposedTable } from './chosen-table.ts';
import { tableColumns } from './table-columns.tsx';
import { WizardPage } from './wizard-page.tsx';

/** Where tables go unless somebody says otherwise: the embedded warehouse, else the first that can be written to. */
export function usualDestination(connections: readonly Connection[], source: string): Connection | undefined {
  const others = connections.filter(({ isDestination, name }) => isDestination && name !== source);
  return others.find(({ name }) => name === 'warehouse') ?? others[0];
}

/** The tables with size, key and the load that is proposed, to be chosen from; hundreds are no burden. */
export function ChooseTables({
  connection,
  connections,
  chosen,
  onChoose,
  onBack,
  onNext,
}: {
  readonly connection: string;
  readonly connections: readonly Connection[];
  readonly chosen: ReadonlyMap<string, ChosenTable>;
  readonly onChoose: (chosen: ReadonlyMap<string, ChosenTable>) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}): ReactNode {
  const into = usualDestination(connections, connection)?.name;
  const proposal = useOperation(
    'connections/propose-loads',
    { from: connection, into: into ?? '' },
    { isEnabled: into !== undefined, freshForMs: Number.POSITIVE_INFINITY },
  );
  const [text, setText] = useUrlState('find');
  const [only, setOnly] = useUrlState('only');
  const tables = proposal.data?.tables;
  const byName = useMemo(() => new Map((tables ?? []).map((table) => [table.table, table])), [tables]);
  const rows = useMemo(
    () =>
      (tables ?? []).filter(
        ({ table }) => table.toLowerCase().includes(text.toLowerCase()) && (only === '' || chosen.has(table)),
      ),
    [tables, text, only, chosen],
  );
  const latest = useRef({ chosen, onChoose });
  useEffect(() => {
    latest.current = { chosen, onChoose };
  });
  const columns = useMemo(
    () =>
      tableColumns({
        loadOf: (table) => latest.current.chosen.get(table.table)?.load ?? table.load,
        onLoad: (table, load) =>
          latest.current.onChoose(
            new Map(latest.current.chosen).set(table.table, { table: table.table, load, rows: table.rows }),
          ),
      }),
    [],
  );
  const select = (selected: ReadonlySet<string>): void => {
    onChoose(
      new Map(
        [...selected].flatMap((name) => {
          const kept = chosen.get(name) ?? proposalOf(byName.get(name));
          return kept === undefined ? [] : [[name, kept] as const];
        }),
      ),
    );
  };
  if (into === undefined)
    return (
      <WizardPage title={connectWords('tablesTitle', { connection })}>
        <EmptyState
          icon={Table2}
          title={connectWords('noDestination')}
          action={<ButtonLink href="/connections/new">{connectWords('addDestination')}</ButtonLink>}
        />
      </WizardPage>
    );
  const rowCount = [...chosen.values()].reduce((sum, each) => sum + (each.rows ?? 0), 0);
  return (
    <WizardPage
      title={connectWords('tablesTitle', { connection })}
      footer={
        <>
          <Button onClick={onBack}>{connectWords('back')}</Button>
          <span aria-live="polite" className="text-ink-2 ml-2 flex-1 tabular-nums">
            {connectWords('chosen', { count: chosen.size })}
            {tables === undefined ? '' : ` ${connectWords('ofAll', { count: tables.length })}`}
            {rowCount === 0 ? '' : ` · ${connectWords('aboutRows', { rows: formatNumber(rowCount) })}`}
          </span>
          <Button kind="primary" isDisabled={chosen.size === 0} onClick={onNext}>
            {connectWords('next')}
          </Button>
        </>
      }
    >
      {proposal.error ? (
        <div className="px-4">
          <ErrorPanel
            title={connectWords('tablesFailed')}
            error={proposal.error}
            onRetry={() => void proposal.refetch()}
            actions={
              <ButtonLink size="small" href={connectionAddress(connection)}>
                {connectWords('checkConnection')}
              </ButtonLink>
            }
          />
        </div>
      ) : (
        <>
          {proposal.isPending ? (
            <p role="status" className="text-ink-2 px-4 pb-2">
              {connectWords('discovering', { connection })}
            </p>
          ) : null}
          <DataTable
            label={connectWords('tables')}
            rows={rows}
            columns={columns}
            rowId={({ table }) => table}
            initialSort="table"
            rowHeight={36}
            isLoading={proposal.isPending}
            selection={{ selected: new Set(chosen.keys()), onChange: select }}
            toolbar={
              <>
                <SearchField label={connectWords('findTable')} value={text} onChange={setText} />
                <CheckboxField
                  label={connectWords('onlyChosen')}
                  isChecked={only !== ''}
                  onChange={(isOnly) => setOnly(isOnly ? 'chosen' : '')}
                />
              </>
            }
            empty={
              text === '' && only === '' ? (
                <EmptyState icon={Table2} title={connectWords('noTables')}>
                  {connectWords('noTablesHelp')}
                </EmptyState>
              ) : (
                <EmptyState icon={Table2} title={uiWords('nothingMatches', { text })} />
              )
            }
          />
        </>
      )}
    </WizardPage>
  );
}

function proposalOf(table: ProposedTable | undefined): ChosenTable | undefined {
  return table === undefined ? undefined : { table: table.table, load: table.load, rows: table.rows };
}
