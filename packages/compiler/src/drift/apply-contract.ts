import {
  CATALOGUE,
  compileSelection,
  formatLogicalType,
  formatTableName,
  isSameLogicalType,
  widenLogicalType,
  type Edit,
  type LogicalType,
  type SourceField,
  type SourceTable,
} from '@millrace/spec';

import { canonicalJson, fingerprintTable } from '../fingerprint/fingerprint.ts';
import { cursorOrder } from '../load/plan-cursor.ts';
import { planColumns, type ColumnReporter, type ColumnTarget } from '../load/plan-columns.ts';
import type { ArrivalRule, LoadTask, PlannedColumn } from '../plan.ts';
import type { Drift, DriftResult } from './drift.ts';
import { proposeContract, proposeCursor } from './propose-edit.ts';

/**
 * What becomes of a planned load when the source table looks different now: the contract decides about every
 * difference, and the task is planned again by it. Pure. `target` is the destination's part: its connector's name,
 * identifiers and types.
 *
 * Names that a plan gave to columns stay. A field's `type` may differ from what its `nativeType` would become: then it
 * is what the values must be decoded as, and a value that does not fit is rejected.
 */
export function applyContract(task: LoadTask, current: SourceTable, target: ColumnTarget): DriftResult {
  const schemaFingerprint = fingerprintTable(current);
  if (schemaFingerprint === task.source.schemaFingerprint)
    return { task, changes: [], violations: [], pauses: [], edits: [] };
  const drift = new TableDrift(task, current, target);
  drift.followPlanned();
  drift.followNew();
  drift.followKey();
  const source = { ...task.source, table: current, fields: drift.fields, schemaFingerprint };
  const metadata = task.columns.filter(({ origin }) => origin.kind === 'metadata');
  const notes = [...(task.notes ?? []), ...drift.notes];
  return {
    task: {
      ...task,
      source,
      columns: [...drift.columns, ...metadata],
      destination: { ...task.destination, key: drift.key },
      ...(drift.arrival.length === 0 ? {} : { arrival: drift.arrival }),
      ...(notes.length === 0 ? {} : { notes }),
    },
    changes: drift.changes,
    violations: drift.violations,
    pauses: drift.pauses,
    edits: drift.edits,
  };
}

class TableDrift {
  readonly fields: SourceField[] = [];
  readonly columns: PlannedColumn[] = [];
  readonly changes: Drift[] = [];
  readonly violations: string[] = [];
  readonly pauses: string[] = [];
  readonly arrival: ArrivalRule[] = [];
  readonly edits: Edit[] = [];
  readonly notes: string[] = [];
  key: readonly string[];
  readonly #task: LoadTask;
  readonly #current: SourceTable;
  readonly #target: ColumnTarget;
  readonly #table: string;
  readonly #currentFields: ReadonlyMap<string, SourceField>;

  constructor(task: LoadTask, current: SourceTable, target: ColumnTarget) {
    this.#task = task;
    this.#current = current;
    this.#target = target;
    this.#table = formatTableName(current.table);
    this.#currentFields = new Map(current.fields.map((field) => [field.name, field]));
    this.key = task.destination.key;
  }

  /** Columns of the plan, in its order. */
  followPlanned(): void {
    const planned = new Map(this.#task.source.fields.map((field) => [field.name, field]));
    for (const column of this.#task.columns) {
      if (column.origin.kind !== 'source') continue;
      const before = planned.get(column.origin.column);
      const now = this.#currentFields.get(column.origin.column);
      if (before === undefined) this.#followFilled(column, now);
      else if (now === undefined) this.#followMissing(column, before);
      else this.#followChanged(column, before, now);
    }
    const positions = this.fields.map((field) =>
      this.#current.fields.findIndex(({ name }) => name === field.name),
    );
    const isReordered = positions.some(
      (position, index) => index > 0 && position < (positions[index - 1] ?? 0),
    );
    if (isReordered) this.changes.push({ kind: 'reorderColumns' });
  }

  /** Columns that the plan's table did not have. */
  followNew(): void {
    const known = new Set(this.#task.source.table.fields.map((field) => field.name));
    const { columnSelection: selection } = this.#task.source;
    const isSelected = compileSelection(selection?.include, selection?.exclude);
    const planned = new Set(
      this.#task.columns.flatMap(({ origin }) => (origin.kind === 'source' ? [origin.column] : [])),
    );
    const added = this.#current.fields.filter(
      ({ name }) => !known.has(name) && !planned.has(name) && isSelected(name),
    );
    const { newColumns } = this.#task.contract;
    if (added.length === 0) return;
    if (newColumns !== 'evolve') this.edits.push(proposeContract(this.#task, 'newColumns', 'evolve'));
    if (newColumns === 'freeze' || newColumns === 'pauseTable') {
      for (const field of added)
        this.#refuse(
          newColumns,
          `has a new column ${field.name}, and contract.newColumns is ${newColumns}. Use evolve or discardValue, or leave it out with columns.exclude`,
        );
      return;
    }
    if (newColumns === 'discardValue') {
      for (const field of added) this.changes.push({ kind: 'ignoreColumn', column: field.name });
      return;
    }
    if (newColumns === 'discardRow' || newColumns === 'quarantine') {
      for (const field of added) {
        this.changes.push({ kind: 'guardColumn', column: field.name, action: newColumns });
        this.arrival.push({ column: field.name, rule: 'absent', action: newColumns });
        this.fields.push(field);
      }
      return;
    }
    const { mode, deletes } = this.#task.destination;
    const rules = { selection: {}, metadata: [], mode, deletes, target: this.#target };
    const takenNames = this.#task.columns.map(({ field }) => field.name);
    const result = planColumns({ ...this.#current, fields: added }, { ...rules, takenNames }, this.#report);
    this.fields.push(...result.fields);
    this.columns.push(...result.columns);
    this.notes.push(...result.notes);
    for (const { field } of result.columns) this.changes.push({ kind: 'addColumn', field });
  }

  /** The key that rows are matched by must still identify them. */
  followKey(): void {
    const before = this.#task.source.table.key;
    const after = this.#current.key;
    if (isSameSet(before, after)) return;
    this.changes.push({ kind: 'changeKey', from: before, to: after });
    const origins = new Map(
      this.#task.columns.flatMap(({ field, origin }) =>
        origin.kind === 'source' ? [[field.name, origin.column] as const] : [],
      ),
    );
    const planned = this.#task.destination.key.map((name) => origins.get(name) ?? name);
    const isMatched = this.#task.destination.mode === 'merge' || this.#task.destination.mode === 'scd2';
    // A key that the document names is the author's claim, whatever the source declares.
    if (!isSameSet(planned, before)) return;
    if (isMatched) {
      const isStillUnique = after.length > 0 && after.every((column) => planned.includes(column));
      if (!isStillUnique) {
        this.#violate(
          `is no longer identified by (${before.join(', ')}): its key is (${after.join(', ')}) now. Plan again with a full refresh, or name the key in the document`,
        );
      }
      return;
    }
    const targets = new Map(
      this.columns.flatMap(({ field, origin }) =>
        origin.kind === 'source' ? [[origin.column, field.name] as const] : [],
      ),
    );
    const key = after.flatMap((column) => targets.get(column) ?? []);
    this.key = key.length === after.length ? key : [];
  }

  #followMissing(column: PlannedColumn, before: SourceField): void {
    const { name } = column.field;
    const isMatched = this.#task.destination.mode === 'merge' || this.#task.destination.mode === 'scd2';
    const { load, contract } = this.#task;
    const twin = this.#renameCandidate(before);
    const renamed =
      twin === undefined ? '' : ` (${twin} is new and of the same type: it may have been renamed)`;
    if (isMatched && this.#task.destination.key.includes(name)) {
      this.#violate(`has lost its key column ${before.name}${renamed}. Name another key and plan again`);
    } else if (load.kind === 'incremental' && load.cursor === before.name) {
      const edit = twin === undefined ? undefined : proposeCursor(this.#task, twin);
      if (edit !== undefined) this.edits.push(edit);
      this.#violate(`has lost its cursor ${before.name}${renamed}. Choose another cursor and plan again`);
    } else if (contract.missingColumns !== 'evolve') {
      this.edits.push(proposeContract(this.#task, 'missingColumns', 'evolve'));
      this.#refuse(
        contract.missingColumns,
        `has lost the column ${before.name}${renamed}, and contract.missingColumns is ${contract.missingColumns}. Use evolve, or leave it out with columns.exclude`,
      );
    } else {
      this.key = this.key.filter((key) => key !== name);
      this.changes.push({ kind: 'fillColumn', column: name });
      this.columns.push({ ...column, field: { ...column.field, nullable: true } });
    }
  }

  /** A column that was gone already stays NULL until the source has it again. */
  #followFilled(column: PlannedColumn, now: SourceField | undefined): void {
    if (now === undefined) {
      this.columns.push(column);
      return;
    }
    this.changes.push({ kind: 'returnColumn', column: column.field.name });
    this.#followChanged(column, { ...now, type: column.field.type }, now);
  }

  #renameCandidate(before: SourceField): string | undefined {
    const known = new Set(this.#task.source.table.fields.map((field) => field.name));
    const twins = this.#current.fields.filter(
      (field) => !known.has(field.name) && field.nativeType === before.nativeType,
    );
    return twins.length === 1 ? twins[0]?.name : undefined;
  }

  #followChanged(column: PlannedColumn, before: SourceField, now: SourceField): void {
    const type = this.#followType(column, before, now);
    const rule = this.arrival.find(({ column: ruled }) => ruled === now.name);
    const isNullable = column.field.nullable || now.nullable || rule?.action === 'discardValue';
    if (isNullable && !column.field.nullable)
      this.changes.push({ kind: 'dropNotNull', column: column.field.name });
    // What is judged value by value is read as what it is.
    this.fields.push(rule === undefined ? { ...now, type } : now);
    this.columns.push({ ...column, field: { ...column.field, type, nullable: isNullable } });
  }

  /** The type that the column has from now on. */
  #followType(column: PlannedColumn, before: SourceField, now: SourceField): LogicalType {
    const { name } = column.field;
    if (isSameLogicalType(before.type, now.type)) {
      const isRedeclared =
        before.nativeType !== now.nativeType || canonicalJson(before.detail) !== canonicalJson(now.detail);
      if (isRedeclared)
        this.changes.push({
          kind: 'redeclareColumn',
          column: name,
          from: before.nativeType,
          to: now.nativeType,
        });
      return before.type;
    }
    const change = `${before.name} changed from ${formatLogicalType(before.type)} to ${formatLogicalType(now.type)}`;
    const { load, contract } = this.#task;
    if (
      load.kind === 'incremental' &&
      load.cursor === before.name &&
      cursorOrder(before.type) !== cursorOrder(now.type)
    ) {
      this.#violate(`cannot continue by its cursor: ${change}. Choose another cursor and run a full refresh`);
      return before.type;
    }
    const { typeChanges } = contract;
    const wide = widenLogicalType(before.type, now.type);
    if (wide === undefined ? typeChanges !== 'quarantine' : typeChanges !== 'evolve')
      this.edits.push(
        proposeContract(this.#task, 'typeChanges', wide === undefined ? 'quarantine' : 'evolve'),
      );
    if (typeChanges === 'freeze' || typeChanges === 'pauseTable') {
      this.#refuse(
        typeChanges,
        `has another type: ${change}, and contract.typeChanges is ${typeChanges}. Use evolve or quarantine, or run a full refresh`,
      );
      return before.type;
    }
    if (typeChanges !== 'evolve') {
      const isHeld = wide !== undefined && isSameLogicalType(wide, before.type);
      if (typeChanges === 'discardValue' && !isHeld && this.#task.destination.key.includes(name)) {
        this.#violate(
          `has another type: ${change}, and no value of its key can be left out. Use contract.typeChanges: quarantine or discardRow, or run a full refresh`,
        );
        return before.type;
      }
      const kept = { kind: 'keepType', column: name, type: before.type, current: now.type } as const;
      this.changes.push(isHeld ? kept : { ...kept, action: typeChanges });
      if (!isHeld && !(typeChanges === 'quarantine' && isKnownByValues(this.#task)))
        this.arrival.push({ column: before.name, rule: 'fits', action: typeChanges });
      return before.type;
    }
    if (wide === undefined) {
      this.#violate(
        `has another type: ${change}, and no type holds the values of both. Use contract.typeChanges: quarantine, or run a full refresh`,
      );
      return before.type;
    }
    if (isSameLogicalType(wide, before.type)) {
      this.changes.push({ kind: 'keepType', column: name, type: before.type, current: now.type });
    } else if (
      this.#target.destinationType?.(wide) === undefined &&
      this.#target.destinationType !== undefined
    ) {
      this.#violate(
        `has another type: ${change}, and ${this.#target.connector} cannot keep ${formatLogicalType(wide)}. Leave the column out`,
      );
    } else {
      this.changes.push({ kind: 'widenColumn', column: name, from: before.type, to: wide });
    }
    return wide;
  }

  readonly #report: ColumnReporter = (code, params) => {
    const entry = CATALOGUE[code];
    const message = entry.message(params);
    if (entry.severity === 'error') this.violations.push(message);
    else this.notes.push(message);
  };

  #refuse(mode: 'freeze' | 'pauseTable', what: string): void {
    if (mode === 'freeze') this.#violate(what);
    else this.pauses.push(`${this.#table} ${what}.`);
  }

  #violate(what: string): void {
    this.violations.push(`${this.#table} ${what}.`);
  }
}

/** Rows that were appended are recognised by their values as they were read: those must be read alike again, and the decoder rejects what does not fit. */
export function isKnownByValues({ load, destination }: LoadTask): boolean {
  return load.kind === 'incremental' && destination.mode === 'append';
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item));
}
