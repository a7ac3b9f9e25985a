import { formatLogicalType, type Field } from '@millrace/spec';

import type { PlannedStep } from '../plan.ts';

/** What a step does to the columns that it gets. */
export type SchemaChange =
  | { readonly kind: 'added'; readonly column: string; readonly type: string }
  | { readonly kind: 'removed'; readonly from: string; readonly column: string; readonly type: string }
  | { readonly kind: 'renamed'; readonly from: string; readonly column: string; readonly to: string }
  | { readonly kind: 'retyped'; readonly column: string; readonly before: string; readonly after: string };

/** Compares the columns of a step with those of its inputs, by relation. Equal names stay equal columns. */
export function schemaChanges(
  step: PlannedStep,
  fieldsOf: (ref: string) => readonly Field[],
): readonly SchemaChange[] {
  const inputs = [...new Set(step.inputs.map(({ ref }) => ref))].map((ref) => ({
    ref,
    fields: fieldsOf(ref),
  }));
  const changes: SchemaChange[] = [];
  const handedOn = new Set<string>();
  for (const { field, from } of step.columns) {
    const after = formatLogicalType(field.type);
    const copied = from.find(({ how }) => how === 'copied');
    const source =
      inputs.find(({ fields }) => fields.some(({ name }) => name === field.name)) ??
      inputs.find(({ ref }) => ref === copied?.ref);
    const before = source?.fields.find(
      ({ name }) => name === field.name || (copied !== undefined && name === copied.column),
    );
    for (const { ref, column, how } of from)
      if (how === 'copied') handedOn.add(JSON.stringify([ref, column]));
    if (source === undefined || before === undefined) {
      changes.push({ kind: 'added', column: field.name, type: after });
      continue;
    }
    handedOn.add(JSON.stringify([source.ref, before.name]));
    if (before.name !== field.name)
      changes.push({ kind: 'renamed', from: source.ref, column: before.name, to: field.name });
    const was = formatLogicalType(before.type);
    if (was !== after) changes.push({ kind: 'retyped', column: field.name, before: was, after });
  }
  for (const { ref, fields } of inputs) {
    for (const { name, type } of fields) {
      if (!handedOn.has(JSON.stringify([ref, name])))
        changes.push({ kind: 'removed', from: ref, column: name, type: formatLogicalType(type) });
    }
  }
  return changes;
}
