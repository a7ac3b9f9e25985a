import { compareText, type Field } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import type { LineageUse, PartitionExpression, PlannedStepColumn, StepColumn } from '../plan.ts';
import type { ColumnUse } from '../sql/sql-analyser.ts';
import type { Expression, Relation } from './transform-verb.ts';

/** A name as DuckDB reads it. */
export function quote(name: string): string {
  return quoteIdentifier(duckdbDialect, name);
}

/** `"alias"."column"` */
export function quoteColumn(alias: string, column: string): string {
  return `${quote(alias)}.${quote(column)}`;
}

/** DuckDB compares names without regard to case. */
export function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** The field of a name, by its very spelling before any other. */
export function findField(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((field) => field.name === name) ?? fields.find((field) => isSameName(field.name, name));
}

/** A column handed on as it is, perhaps under another name. */
export function copyColumn(input: Relation, field: Field, name = field.name): PlannedStepColumn {
  return {
    name,
    from: [{ ref: input.ref, column: field.name, how: 'copied' }],
    nullable: field.nullable,
    field: name === field.name ? field : { ...field, name },
  };
}

/** Every column of an input as it is. */
export function copyColumns(input: Relation): readonly PlannedStepColumn[] {
  return input.fields.map((field) => copyColumn(input, field));
}

/** The column that an expression makes. */
export function expressionColumn(name: string, expression: Expression): StepColumn {
  const isAggregate = expression.parsed.isAggregate || expression.parsed.isWindow;
  const how = expression.copied !== undefined ? 'copied' : isAggregate ? 'aggregated' : 'transformed';
  return {
    name,
    from: expression.reads.map((read) => ({ ...read, how })),
    nullable: expression.copied?.nullable ?? true,
  };
}

/** The columns that an expression reads, as what they do to the rows. */
export function usesOf(expression: Expression, how: ColumnUse): readonly LineageUse[] {
  return expression.reads.map((read) => ({ ...read, how }));
}

/** The key of an input in the names of the output; empty when one of its columns is not handed on. */
export function keptKey(input: Relation, columns: readonly StepColumn[]): readonly string[] {
  const kept = input.key.map((column) => copyOf(input, column, columns)?.name);
  return kept.every((name) => name !== undefined) ? kept : [];
}

function copyOf(input: Relation, column: string, columns: readonly StepColumn[]): StepColumn | undefined {
  return columns.find(({ from }) => {
    const [only] = from;
    return from.length === 1 && only?.how === 'copied' && only.ref === input.ref && only.column === column;
  });
}

/** A name that none of the fields has: the wanted one, or that with a word behind it. */
export function freeName(wanted: string, fields: readonly Field[]): string {
  const isTaken = fields.some(({ name }) => isSameName(name, wanted));
  return isTaken ? freeName(`${wanted} again`, fields) : wanted;
}

/** Names that stand twice among those given, without regard to case; each once, in order. */
export function duplicateNames(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  return [...new Set(names.filter((name) => (counts.get(name.toLowerCase()) ?? 0) > 1))].toSorted(
    compareText,
  );
}

/** An expression by whose values a result falls into parts. */
export function partition(expression: Expression): PartitionExpression {
  return {
    sql: expression.sql,
    columns: expression.reads.map(({ column }) => column),
    isQualified: expression.parsed.columns.some(({ table }) => table !== null),
  };
}

/** A column by whose values a result falls into parts. */
export function partitionColumn(column: string): PartitionExpression {
  return { sql: quote(column), columns: [column], isQualified: false };
}
