import { formatTableName, type SourceTable, type TableName } from '@millrace/spec';

import { columnsOf, type ColumnEvidence, type TableEvidence } from '../evidence/table-evidence.ts';
import { nameTokens, segmentTokens, stemOf } from '../naming/name-tokens.ts';
import { compareValues, typeFamily } from './compare-values.ts';
import { findKey } from './find-key.ts';
import { nameScore, type ReferencedName } from './name-score.ts';

/** Columns that refer to the key of a table. */
export interface Reference {
  readonly from: TableName;
  readonly columns: readonly string[];
  readonly to: TableName;
  readonly toColumns: readonly string[];
  /** `declared`: by the source. `seen`: in names and values. `named`: in names alone, for want of rows. */
  readonly certainty: 'declared' | 'seen' | 'named';
  readonly evidence: string;
}

/** From this score on a reference is believed. */
const ACCEPTED = 0.62;
/** Names that say less than this are no reason to look at values. */
const MIN_NAME = 0.7;
/** Names alone must say this. */
const MIN_NAME_ALONE = 0.85;
/** A few orphans do not speak against a reference; this share does. */
const MIN_CONTAINMENT = 0.98;

/** Declared references of all tables, then those that names and values show, one for each column. */
export function findReferences(tables: readonly TableEvidence[]): readonly Reference[] {
  const byName = new Map(tables.map(({ table }) => [formatTableName(table.table), table]));
  const declared = tables.flatMap(({ table }) =>
    (table.foreignKeys ?? []).flatMap((key): readonly Reference[] => {
      const target = byName.get(formatTableName(key.to.table));
      if (target !== undefined && !canRefer(table, key.columns, target, key.to.columns)) return [];
      return [
        {
          from: table.table,
          columns: key.columns,
          to: key.to.table,
          toColumns: key.to.columns,
          certainty: 'declared',
          evidence: 'the source declares the foreign key',
        },
      ];
    }),
  );
  const known = new Set(declared.flatMap(({ from, columns }) => columns.map((column) => idOf(from, column))));
  const vocabulary = vocabularyOf(tables);
  const targets = tables.flatMap((evidence) => targetOf(evidence, vocabulary) ?? []);
  const found = tables.flatMap((evidence) =>
    columnsOf(evidence).flatMap((column) => {
      if (known.has(idOf(evidence.table.table, column.field.name))) return [];
      return bestReference(evidence, column, targets, vocabulary) ?? [];
    }),
  );
  return [...declared, ...found];
}

/** Whether the columns are shown on both sides, and hold values of one kind. */
function canRefer(
  table: SourceTable,
  columns: readonly string[],
  target: SourceTable,
  toColumns: readonly string[],
): boolean {
  const kindOf = ({ fields }: SourceTable, column: string | undefined) =>
    fields.find(({ name }) => name === column)?.type.kind;
  return columns.every((column, index) => {
    const kind = kindOf(table, column);
    return kind !== undefined && kind === kindOf(target, toColumns[index]);
  });
}

interface Target {
  readonly evidence: TableEvidence;
  readonly column: ColumnEvidence;
  readonly name: ReferencedName;
}

function targetOf(evidence: TableEvidence, vocabulary: ReadonlySet<string>): Target | undefined {
  const key = findKey(evidence);
  if (key === null || key.columns.length !== 1) return undefined;
  const column = columnsOf(evidence).find(({ field }) => field.name === key.columns[0]);
  if (column === undefined) return undefined;
  const tokens = segmentTokens(nameTokens(column.field.name), vocabulary);
  const tableStem = stemOf(segmentTokens(nameTokens(evidence.table.table.name), vocabulary));
  return { evidence, column, name: { tokens, stem: stemOf(tokens), tableStem, isKey: true } };
}

function bestReference(
  evidence: TableEvidence,
  column: ColumnEvidence,
  targets: readonly Target[],
  vocabulary: ReadonlySet<string>,
): Reference | undefined {
  const family = typeFamily(column.field.type);
  if (family === undefined) return undefined;
  const tokens = segmentTokens(nameTokens(column.field.name), vocabulary);
  const from = { tokens, stem: stemOf(tokens) };
  let best: { readonly score: number; readonly reference: Reference } | undefined;
  for (const target of targets) {
    const isSameTable = target.evidence === evidence;
    if (typeFamily(target.column.field.type) !== family) continue;
    if (isSameTable && target.column.field.name === column.field.name) continue;
    const name = nameScore(from, target.name, isSameTable);
    if (name < MIN_NAME) continue;
    const judged = judge(evidence, column, target, name);
    if (judged === undefined || judged.score < ACCEPTED || judged.score <= (best?.score ?? 0)) continue;
    best = {
      score: judged.score,
      reference: {
        from: evidence.table.table,
        columns: [column.field.name],
        to: target.evidence.table.table,
        toColumns: [target.column.field.name],
        certainty: judged.certainty,
        evidence: judged.evidence,
      },
    };
  }
  return best?.reference;
}

interface Judged {
  readonly score: number;
  readonly certainty: 'seen' | 'named';
  readonly evidence: string;
}

function judge(
  evidence: TableEvidence,
  { field, sample }: ColumnEvidence,
  target: Target,
  name: number,
): Judged | undefined {
  const referenced = target.column.sample;
  const isHome =
    target.name.stem.length === 0 || target.name.stem.join(' ') === target.name.tableStem.join(' ');
  const words = `its name fits ${formatTableName(target.evidence.table.table)}.${target.column.field.name}`;
  const compared =
    sample === null || sample.nonNull === 0 || referenced === null || referenced.nonNull === 0
      ? undefined
      : compareValues(sample, referenced, target.evidence.sample?.isComplete === true);
  if (sample === null || compared === undefined || compared.containment === null) {
    if (name < MIN_NAME_ALONE || !isHome) return undefined;
    const why =
      compared === undefined ? 'there are no rows to compare' : 'the table is too large to compare values';
    return {
      score: 0.45 + 0.2 * name + (isHome ? 0.05 : 0),
      certainty: 'named',
      evidence: `${words}; ${why}`,
    };
  }
  if (compared.containment < MIN_CONTAINMENT) return undefined;
  const isOwnKey = evidence.table.key.length === 1 && evidence.table.key[0] === field.name;
  const score =
    0.62 * name +
    0.12 * (1 - compared.rangeGap) +
    0.12 * Math.min(1, 1.2 * Math.sqrt(compared.coverage)) +
    (target.evidence.table.key.length > 0 ? 0.1 : 0) +
    (typeFamily(field.type) === 'text' && (sample.meanLength ?? 0) > 3 ? 0.06 : 0) +
    (isHome ? 0.05 : 0) -
    (compared.containment < 1 ? 0.1 + 3 * (1 - compared.containment) : 0) -
    (isOwnKey ? 0.12 : 0) -
    (sample.distinct <= 2 ? 0.06 : 0);
  const share = `${Number((100 * compared.containment).toFixed(1))} %`;
  return {
    score,
    certainty: 'seen',
    evidence: `${words}, and ${share} of ${compared.compared.toLocaleString('en-US')} distinct values exist there`,
  };
}

/** The words that the schema itself uses: names of tables, and columns whose words are set apart. */
function vocabularyOf(tables: readonly TableEvidence[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { table } of tables) {
    for (const token of nameTokens(table.table.name)) if (token.length > 2) words.add(token);
    for (const { name } of table.fields) {
      const tokens = nameTokens(name);
      if (tokens.length > 1) for (const token of tokens) if (token.length > 2) words.add(token);
    }
  }
  return words;
}

function idOf(table: TableName, column: string): string {
  return `${formatTableName(table)}\0${column}`;
}
