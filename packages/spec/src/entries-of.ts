type Entries<Value> = readonly (readonly [key: string, value: Value])[];

const known = new WeakMap<object, Entries<unknown>>();

/** The entries of a record that never changes, listed once: for the steps of a large document that takes milliseconds. */
export function entriesOf<Value>(record: Readonly<Record<string, Value>>): Entries<Value> {
  // What is kept for a record are its own entries.
  const before = known.get(record) as Entries<Value> | undefined;
  if (before !== undefined) return before;
  const entries = Object.entries(record);
  known.set(record, entries);
  return entries;
}

/** The record of entries; undefined when a key is there twice. */
export function recordOf<Value>(entries: Entries<Value>): Readonly<Record<string, Value>> | undefined {
  const record: Record<string, Value> = {};
  for (const [key, value] of entries) {
    if (Object.hasOwn(record, key)) return undefined;
    record[key] = value;
  }
  known.set(record, entries);
  return record;
}
