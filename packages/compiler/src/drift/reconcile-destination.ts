import {
  DELETED_AT_FIELD,
  formatLogicalType,
  formatTableName,
  isSameLogicalType,
  SCD2_FIELDS,
  widenLogicalType,
  type Edit,
  type Field,
  type LogicalType,
} from '@millrace/spec';

import type { ColumnTarget } from '../load/plan-columns.ts';
import type { ArrivalRule, LoadTask, PlannedColumn } from '../plan.ts';
import { isKnownByValues } from './apply-contract.ts';
import type { Drift, DriftResult } from './drift.ts';
import { proposeContract } from './propose-edit.ts';

/**
 * The same contract between a task and the table that stands in the destination: a plan made after the source changed
 * knows nothing of the change, but the destination does. Pure. `published` are the fields of the existing table; call it
 * only when there is one, and not for a full refresh, which starts anew.
 *
 * Changes of the destination's kinds are to be applied to the table, except for `replace`, which builds it anew.
 */
export function reconcileDestination(
  task: LoadTask,
  published: readonly Field[],
  target: ColumnTarget,
): DriftResult {
  return new DestinationComparison(task, published, target).compare();
}

class DestinationComparison {
  readonly #task: LoadTask;
  readonly #target: ColumnTarget;
  readonly #table: string;
  readonly #published: ReadonlyMap<string, Field>;
  readonly #changes: Drift[] = [];
  readonly #violations: string[] = [];
  readonly #pauses: string[] = [];
  readonly #arrival: ArrivalRule[];
  readonly #edits: Edit[] = [];

  constructor(task: LoadTask, published: readonly Field[], target: ColumnTarget) {
    this.#task = task;
    this.#target = target;
    this.#table = formatTableName(task.destination.table);
    this.#arrival = [...(task.arrival ?? [])];
    this.#published = new Map(published.map((field) => [this.#fold(field.name), field]));
  }

  compare(): DriftResult {
    const columns = this.#task.columns.flatMap((column) => this.#followColumn(column) ?? []);
    columns.push(...this.#followMissing());
    const types = new Map(
      columns.flatMap(({ field, origin }) =>
        origin.kind === 'source' ? [[origin.column, field.type] as const] : [],
      ),
    );
    const judged = new Set(this.#arrival.map(({ column }) => column));
    const fields = this.#task.source.fields.flatMap((field) => {
      // What is judged value by value is read as what it is.
      if (judged.has(field.name)) return [field];
      const type = types.get(field.name);
      return type === undefined ? [] : [{ ...field, type }];
    });
    const task = {
      ...this.#task,
      columns,
      source: { ...this.#task.source, fields },
      ...(this.#arrival.length === 0 ? {} : { arrival: this.#arrival }),
    };
    return {
      task,
      changes: this.#changes,
      violations: this.#violations,
      pauses: this.#pauses,
      edits: this.#edits,
    };
  }

  #followColumn(column: PlannedColumn): PlannedColumn | undefined {
    const { field } = column;
    const existing = this.#published.get(this.#fold(field.name));
    if (existing === undefined) return this.#followNew(column);
    const type = this.#followType(column, existing);
    const { origin } = column;
    const isEmptied =
      origin.kind === 'source' &&
      this.#arrival.some(({ column: ruled, action }) => ruled === origin.column && action === 'discardValue');
    const nullable = field.nullable || isEmptied;
    if (nullable && !existing.nullable) this.#changes.push({ kind: 'dropNotNull', column: existing.name });
    return { ...column, field: { ...field, type, nullable } };
  }

  #followNew(column: PlannedColumn): PlannedColumn | undefined {
    const { field, origin } = column;
    const { newColumns } = this.#task.contract;
    const isNeeded = this.#task.destination.key.includes(field.name) || origin.kind === 'metadata';
    if (newColumns !== 'evolve' && !isNeeded)
      this.#edits.push(proposeContract(this.#task, 'newColumns', 'evolve'));
    if (newColumns === 'discardValue' && !isNeeded) {
      this.#changes.push({ kind: 'ignoreColumn', column: field.name });
      return undefined;
    }
    if ((newColumns === 'discardRow' || newColumns === 'quarantine') && !isNeeded) {
      this.#changes.push({ kind: 'guardColumn', column: field.name, action: newColumns });
      this.#arrival.push({ column: origin.column, rule: 'absent', action: newColumns });
      return undefined;
    }
    if ((newColumns === 'freeze' || newColumns === 'pauseTable') && !isNeeded) {
      this.#refuse(
        newColumns,
        `${this.#table} has no column ${field.name}, which is new at the source, and contract.newColumns is ${newColumns}. Use evolve or discardValue, or leave it out with columns.exclude.`,
      );
    } else {
      // Rows that are there already have no value for it.
      this.#changes.push({ kind: 'addColumn', field: { ...field, nullable: true } });
    }
    return column;
  }

  #followType({ field: planned, origin }: PlannedColumn, existing: Field): LogicalType {
    if (this.#isSameHere(planned.type, existing.type)) return planned.type;
    const { typeChanges } = this.#task.contract;
    const change = `${this.#table}.${planned.name} is ${formatLogicalType(existing.type)}, and the source has ${formatLogicalType(planned.type)} now`;
    const wide = widenLogicalType(existing.type, planned.type);
    // A destination that holds every value of the source already needs no permission.
    if (wide !== undefined && isSameLogicalType(wide, existing.type)) return planned.type;
    if (wide === undefined ? typeChanges !== 'quarantine' : typeChanges !== 'evolve')
      this.#edits.push(
        proposeContract(this.#task, 'typeChanges', wide === undefined ? 'quarantine' : 'evolve'),
      );
    if (typeChanges === 'freeze' || typeChanges === 'pauseTable') {
      this.#refuse(
        typeChanges,
        `${change}; contract.typeChanges is ${typeChanges}. Use evolve or quarantine, or run a full refresh.`,
      );
      return planned.type;
    }
    if (typeChanges !== 'evolve' && origin.kind === 'source') {
      if (typeChanges === 'discardValue' && this.#task.destination.key.includes(planned.name)) {
        this.#violations.push(
          `${change}, and no value of the key can be left out. Use contract.typeChanges: quarantine or discardRow, or run a full refresh.`,
        );
        return planned.type;
      }
      this.#changes.push({
        kind: 'keepType',
        column: existing.name,
        type: existing.type,
        current: planned.type,
        action: typeChanges,
      });
      if (!(typeChanges === 'quarantine' && isKnownByValues(this.#task)))
        this.#arrival.push({ column: origin.column, rule: 'fits', action: typeChanges });
      return existing.type;
    }
    if (wide === undefined) {
      this.#violations.push(
        `${change}; no type holds the values of both. Use contract.typeChanges: quarantine, or run a full refresh.`,
      );
      return planned.type;
    }
    if (this.#target.destinationType !== undefined && this.#target.destinationType(wide) === undefined) {
      this.#violations.push(
        `${change}; ${this.#target.connector} cannot keep ${formatLogicalType(wide)}. Leave the column out.`,
      );
      return planned.type;
    }
    this.#changes.push({ kind: 'widenColumn', column: existing.name, from: existing.type, to: wide });
    return planned.type;
  }

  /**
   * Columns of the table that the task brings no values for. A destination fills them by itself, but a table that is
   * built anew has only what the task has.
   */
  #followMissing(): readonly PlannedColumn[] {
    const filled: PlannedColumn[] = [];
    const planned = new Set(this.#task.columns.map(({ field }) => this.#fold(field.name)));
    const own = new Set([...SCD2_FIELDS, DELETED_AT_FIELD].map((field) => this.#fold(field.name)));
    for (const [folded, field] of this.#published) {
      if (planned.has(folded)) continue;
      const isOwn =
        own.has(folded) &&
        (this.#task.destination.mode === 'scd2' || this.#task.destination.mode === 'merge');
      if (isOwn) continue;
      const { missingColumns } = this.#task.contract;
      if (missingColumns !== 'evolve') {
        this.#edits.push(proposeContract(this.#task, 'missingColumns', 'evolve'));
        this.#refuse(
          missingColumns,
          `${this.#table} has a column ${field.name} that the load does not bring, and contract.missingColumns is ${missingColumns}. Use evolve, or run a full refresh.`,
        );
        continue;
      }
      this.#changes.push({ kind: 'fillColumn', column: field.name });
      if (!field.nullable) this.#changes.push({ kind: 'dropNotNull', column: field.name });
      if (this.#task.destination.mode !== 'replace') continue;
      filled.push({ field: { ...field, nullable: true }, origin: { kind: 'source', column: field.name } });
    }
    return filled;
  }

  #refuse(mode: 'freeze' | 'pauseTable', what: string): void {
    (mode === 'freeze' ? this.#violations : this.#pauses).push(what);
  }

  /** Types that the destination stores the same way are the same to it: it may describe one by the name of the other. */
  #isSameHere(left: LogicalType, right: LogicalType): boolean {
    if (isSameLogicalType(left, right)) return true;
    const stored = this.#target.destinationType?.(left)?.native;
    return stored !== undefined && stored === this.#target.destinationType?.(right)?.native;
  }

  #fold(name: string): string {
    return this.#target.identifiers.isCaseSensitive ? name : name.toLowerCase();
  }
}
