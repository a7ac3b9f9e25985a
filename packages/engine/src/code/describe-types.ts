import { type Field, formatLogicalType, type LogicalType } from '@millrace/spec';

import type { CodeMode } from './sandbox-message.ts';

/** How a value of a type looks in a row: `read` is what the code gets, `write` what it may return. */
interface CodeType {
  readonly read: string;
  readonly write: string;
  readonly note: string;
}

/**
 * Declarations of a step's rows for editors: `InputRow`, `OutputRow`, and the function that the file must export. They are
 * text for a `.d.ts` file; running the code does not need them.
 */
export function describeTypes(
  inputFields: readonly Field[],
  outputFields: readonly Field[],
  mode: CodeMode,
): string {
  const input = rowType('InputRow', inputFields, 'read');
  const output = rowType('OutputRow', outputFields, 'write');
  const context = `export interface Context {
  /** As JSON.parse, but whole numbers that a number does not hold exactly become bigint. */
  parseJson(text: string): unknown;
  /** As JSON.stringify, with bigint as digits. */
  stringifyJson(value: unknown): string | undefined;
}`;
  return `${[input, output, context, functionType(mode)].join('\n\n')}\n`;
}

function functionType(mode: CodeMode): string {
  if (mode === 'rows') {
    return `/** Called for each row; null or undefined drops it, an array makes several of it. */
export type Code = (row: InputRow, context: Context) => OutputRow | readonly OutputRow[] | null | undefined;`;
  }
  return `export type InputColumns = { [Name in keyof InputRow]: InputRow[Name][] };
export type OutputColumns = { readonly [Name in keyof OutputRow]: ArrayLike<OutputRow[Name]> };

/** Called for batches of rows, with an array for each column; null or undefined drops them. */
export type Code = (columns: InputColumns, context: Context) => OutputColumns | null | undefined;`;
}

function rowType(name: string, fields: readonly Field[], side: 'read' | 'write'): string {
  const lines = fields.map((field) => {
    const type = codeType(field.type);
    const union = field.nullable ? `${type[side]} | null` : type[side];
    const note = type.note === '' ? '' : `: ${type.note}`;
    return `  /** ${formatLogicalType(field.type)}${note} */\n  ${JSON.stringify(field.name)}: ${union};`;
  });
  return `export interface ${name} {\n${lines.join('\n')}\n}`;
}

function codeType(type: LogicalType): CodeType {
  const same = (name: string, note = ''): CodeType => ({ read: name, write: name, note });
  switch (type.kind) {
    case 'boolean':
      return same('boolean');
    case 'integer':
      return type.bits === 64 ? { read: 'bigint', write: 'bigint | number', note: '' } : same('number');
    case 'float':
      return same('number', type.bits === 32 ? 'return Math.fround(value)' : '');
    case 'decimal':
      return { read: 'string', write: 'string | bigint | number', note: 'exact text; numbers must be whole' };
    case 'string':
      return same('string');
    case 'json':
      return same('string', 'JSON as text; see Context.parseJson');
    case 'bytes':
      return same('Uint8Array');
    case 'uuid':
      return same('string');
    case 'date':
      return same('string', 'YYYY-MM-DD');
    case 'time':
      return same('string', 'HH:MM:SS.ffffff');
    case 'timestamp':
      return same('string', `YYYY-MM-DDTHH:MM:SS.ffffff${type.timezone ? 'Z' : ''}`);
  }
}
