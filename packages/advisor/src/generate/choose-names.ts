import type { Capabilities, TableName } from '@millrace/spec';

type Destination = NonNullable<Capabilities['destination']>;

const MAX_STEP_NAME = 63;

/** Names of steps, each once. */
export class StepNames {
  readonly #taken = new Set<string>();

  /** The nearest name that a step may have. */
  take(wanted: string): string {
    const plain = wanted
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/[^A-Za-z0-9_-]+/g, '_')
      .replace(/^_+|_+$/g, '');
    const base = /^[A-Za-z]/.test(plain) ? plain : `t_${plain}`;
    for (let number = 1; ; number += 1) {
      const suffix = number === 1 ? '' : `_${number}`;
      const name = `${base.slice(0, MAX_STEP_NAME - suffix.length)}${suffix}`;
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return name;
    }
  }
}

/** Tables of the destination, each once, in names that it can keep. */
export class TargetNames {
  readonly #taken = new Set<string>();
  readonly #destination: Destination;
  readonly #schema: string | undefined;

  constructor(destination: Destination, schema: string) {
    this.#destination = destination;
    this.#schema = destination.hasSchemas ? schema : undefined;
  }

  /** `sameNamed`: another source schema has a table of this name, so that the schema must be part of it. */
  take(table: TableName, sameNamed: boolean): TableName {
    const own = sameNamed && table.schema !== undefined ? `${table.schema}_${table.name}` : table.name;
    // The destination's own records begin like this.
    const wanted = /^_millrace/i.test(own) ? `t${own}` : own;
    for (let number = 1; ; number += 1) {
      const suffix = number === 1 ? '' : `_${number}`;
      const name = `${cut(wanted, this.#destination.identifiers.maxBytes - suffix.length)}${suffix}`;
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return this.#schema === undefined ? { name } : { schema: this.#schema, name };
    }
  }
}

/** A table as a document names it. */
export function tableReference({ schema, name }: TableName): string {
  const parts = schema === undefined ? [name] : [schema, name];
  return parts.map((part) => (/[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join('.');
}

/** The longest beginning of whole characters that fits. */
function cut(text: string, maxBytes: number): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += new TextEncoder().encode(character).length;
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept;
}
