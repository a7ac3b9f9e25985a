import {
  compileGlob,
  compileSelection,
  DELETED_AT_FIELD,
  formatLogicalType,
  formatTableName,
  SCD2_FIELDS,
  type DeleteMode,
  type DestinationType,
  type DiagnosticCode,
  type DiagnosticParams,
  type Field,
  type LogicalType,
  type SourceField,
  type SourceTable,
  type WriteMode,
} from '@millrace/spec';

import type { ColumnSelection, PlannedColumn } from '../plan.ts';
import { nameIdentifiers, type IdentifierLimits } from './name-identifiers.ts';

export type MetadataValue = 'runId' | 'loadedAt';

/** The columns about a load that a document can ask for, at the end of the destination table. */
export const METADATA_FIELDS: Readonly<Record<MetadataValue, Field>> = {
  runId: { name: '_millrace_run_id', type: { kind: 'string' }, nullable: false },
  loadedAt: { name: '_millrace_loaded_at', type: { kind: 'timestamp', timezone: true }, nullable: false },
};

/** What the columns of a load depend on, beside the table. */
export interface ColumnRules {
  readonly selection: ColumnSelection;
  readonly metadata: readonly MetadataValue[];
  readonly mode: WriteMode;
  readonly deletes: DeleteMode;
  readonly target: ColumnTarget;
  /** Names that other columns of the destination table have already. */
  readonly takenNames?: readonly string[];
}

/** The destination's part of the rules. */
export interface ColumnTarget {
  readonly connector: string;
  readonly identifiers: IdentifierLimits;
  readonly destinationType?: ((type: LogicalType) => DestinationType | undefined) | undefined;
}

export interface PlannedColumns {
  readonly fields: readonly SourceField[];
  readonly columns: readonly PlannedColumn[];
  readonly notes: readonly string[];
}

/** Receives each problem; `part` tells which list of the selection it is about. */
export type ColumnReporter = <Code extends DiagnosticCode>(
  code: Code,
  params: DiagnosticParams[Code],
  part?: { readonly list: 'include' | 'exclude'; readonly index: number },
) => void;

/** Which columns are read, and what each becomes in the destination. Problems go to `report`; the result is made all the same. */
export function planColumns(table: SourceTable, rules: ColumnRules, report: ColumnReporter): PlannedColumns {
  const name = formatTableName(table.table);
  const fields = selectFields(table, rules.selection, report);
  if (fields.length === 0) report('columnsEmpty', { table: name });
  const reserved = reservedColumns(rules);
  const identifiers = nameIdentifiers(
    fields.map((field) => field.name),
    // Staged files tell no case twins apart, whatever the destination can do.
    { ...rules.target.identifiers, isCaseSensitive: false },
    rules.takenNames,
  );
  const notes: string[] = [];
  const columns = fields.map((field, index): PlannedColumn => {
    const identifier = identifiers[index] ?? { name: field.name, reason: undefined };
    const reservation = reserved.get(identifier.name.toLowerCase());
    if (reservation !== undefined)
      report('columnReserved', { table: name, column: field.name, reason: reservation });
    if (identifier.reason !== undefined) {
      report('columnRenamed', {
        table: name,
        column: field.name,
        to: identifier.name,
        reason: identifier.reason,
      });
    }
    checkType(name, field, rules.target, report, notes);
    return {
      field: { name: identifier.name, type: field.type, nullable: field.nullable },
      origin: { kind: 'source', column: field.name },
    };
  });
  const metadata = rules.metadata.map((value): PlannedColumn => ({
    field: METADATA_FIELDS[value],
    origin: { kind: 'metadata', value },
  }));
  return { fields, columns: [...columns, ...metadata], notes };
}

function selectFields(
  table: SourceTable,
  selection: ColumnSelection,
  report: ColumnReporter,
): readonly SourceField[] {
  if (selection.include === undefined && selection.exclude === undefined) return table.fields;
  for (const list of ['include', 'exclude'] as const) {
    (selection[list] ?? []).forEach((pattern, index) => {
      const matches = compileGlob(pattern);
      if (table.fields.some((field) => matches(field.name))) return;
      report('columnsNoneMatch', { table: formatTableName(table.table), pattern }, { list, index });
    });
  }
  const isSelected = compileSelection(selection.include, selection.exclude);
  return table.fields.filter((field) => isSelected(field.name));
}

/** Names in lower case that the destination table needs for itself, with the reason. */
function reservedColumns(rules: ColumnRules): ReadonlyMap<string, string> {
  const reserved = new Map<string, string>();
  if (rules.mode === 'scd2') {
    for (const field of SCD2_FIELDS) reserved.set(field.name, `write: scd2 adds a column ${field.name}`);
  }
  if (rules.mode === 'merge' && rules.deletes === 'soft') {
    reserved.set(DELETED_AT_FIELD.name, `deletes: soft adds a column ${DELETED_AT_FIELD.name}`);
  }
  for (const value of rules.metadata) {
    const { name } = METADATA_FIELDS[value];
    reserved.set(name, `metadataColumns adds a column ${name}`);
  }
  return reserved;
}

function checkType(
  table: string,
  field: SourceField,
  target: ColumnTarget,
  report: ColumnReporter,
  notes: string[],
): void {
  if (field.mapping !== undefined) notes.push(`${field.name} (${field.nativeType}): ${field.mapping}`);
  if (target.destinationType === undefined) return;
  const type = formatLogicalType(field.type);
  const kept = target.destinationType(field.type);
  if (kept === undefined)
    report('typeNotKept', { table, column: field.name, type, connector: target.connector });
  else if (kept.mapping !== undefined)
    notes.push(`${field.name} (${type}) becomes ${kept.native}: ${kept.mapping}`);
}
