import { formatLogicalType, type Field } from '@millrace/spec';

import { MASK_KEY, type StepColumn } from '../../plan.ts';
import { elseError } from '../../sql/convert-value.ts';
import { copyColumn, freeName, isSameName, quote, quoteColumn } from '../../transform/columns.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type InputRelation,
} from '../../transform/transform-verb.ts';
import { token, tokenBytes, tokenTag, tokenText, type KeySql } from './keyed-hash.ts';
import { canonicalText, maskValue, type Masking } from './mask-value.ts';

const NEEDS_KEY: ReadonlySet<Masking['method']> = new Set(['hash', 'tokenize', 'reveal', 'shiftDate']);

interface Masked {
  readonly field: Field;
  readonly method: Masking['method'];
  readonly sql: string;
  /** What is computed once before, under a name of its own. */
  readonly before?: { readonly name: string; readonly sql: string };
  readonly column: StepColumn;
}

export const mask = defineTransformVerb({
  name: 'mask',
  async build({ mask: { key: reference, columns } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const halves = {
      inner: quote(freeName('inner key', input.fields)),
      outer: quote(freeName('outer key', input.fields)),
    };
    const masked = Object.entries(columns).map(([name, masking]) =>
      maskColumn(name, masking, halves, input, context),
    );
    const keyed = Object.entries(columns).find(([, { method }]) => NEEDS_KEY.has(method));
    if (keyed !== undefined && reference === undefined) {
      const reason = `is missing: ${keyed[1].method} needs one. Write \${secret:NAME} or \${env:NAME}`;
      context.report('valueInvalid', { key: 'key', reason }, []);
      return undefined;
    }
    if (!masked.every((each) => each !== undefined)) return undefined;
    const byName = new Map(masked.map((each) => [each.field.name, each]));
    const kept = input.fields.filter(({ name }) => byName.get(name)?.method !== 'drop');
    if (kept.length === 0) {
      context.report('stepColumnsEmpty', { step: context.step, key: 'columns' }, ['columns']);
      return undefined;
    }
    const list = kept.map(({ name }) => {
      const sql = byName.get(name)?.sql;
      return sql === undefined ? quote(name) : `${sql} AS ${quote(name)}`;
    });
    const maskKey = keyed === undefined ? undefined : reference;
    const reveals = masked.filter(({ method }) => method === 'reveal').map(({ field }) => field.name);
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT ${list.join(', ')} FROM ${rows(input, masked, maskKey === undefined ? undefined : halves)}`,
        columns: kept.map((field) => byName.get(field.name)?.column ?? copyColumn(input, field)),
        uses: [],
        ...(maskKey === undefined ? {} : { maskKey }),
        ...(reveals.length === 0 ? {} : { reveals }),
        key: keptKey(input, byName),
        rows: { keeps: 'each', of: [input.alias] },
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});

/** The input with the halves of the key, and with what is computed before. */
function rows(input: InputRelation, masked: readonly Masked[], key: KeySql | undefined): string {
  const alias = quote(input.alias);
  if (key === undefined) return alias;
  const half = (name: string) => quoteColumn(MASK_KEY, name);
  const keyed = `(SELECT ${alias}.*, ${half('inner_key')} AS ${key.inner}, ${half('outer_key')} AS ${key.outer} FROM ${alias}, ${quote(MASK_KEY)}) AS "keyed"`;
  const before = masked.flatMap((each) =>
    each.before === undefined ? [] : [`${each.before.sql} AS ${quote(each.before.name)}`],
  );
  return before.length === 0 ? keyed : `(SELECT *, ${before.join(', ')} FROM ${keyed}) AS "prepared"`;
}

function maskColumn(
  name: string,
  masking: Masking,
  key: KeySql,
  input: InputRelation,
  context: BuildContext,
): Masked | undefined {
  const path = ['columns', name];
  const field = context.column(name, path, input, 'key');
  const subject =
    masking.method === 'shiftDate' ? context.column(masking.subject, [...path, 'subject'], input) : undefined;
  if (field === undefined || (masking.method === 'shiftDate' && subject === undefined)) return undefined;
  const from = [field, ...(subject === undefined || subject === field ? [] : [subject])].map((each) => ({
    ref: input.ref,
    column: each.name,
    how: 'transformed' as const,
  }));
  const nullable = field.nullable || (subject?.nullable ?? false);
  const column: StepColumn = { name: field.name, from, nullable };
  const { method } = masking;
  const own = { field, method, column };
  const unfit = (expected: string) => {
    const type = formatLogicalType(field.type);
    const about = { step: context.step, verb: method, column: `${input.ref}.${field.name}`, type, expected };
    context.report('columnUnfit', about, path);
    return undefined;
  };
  switch (masking.method) {
    case 'drop':
      return { ...own, sql: '' };
    case 'tokenize': {
      const before = freeName(`${field.name} tag`, input.fields);
      const text = canonicalText(field);
      const sql = token(text, quote(before), key);
      return { ...own, sql, before: { name: before, sql: tokenTag(text, key) } };
    }
    case 'reveal': {
      if (field.type.kind !== 'string') return unfit('string');
      const before = freeName(`${field.name} bytes`, input.fields);
      const value = quote(field.name);
      const told = {
        subject: `${input.ref}.${field.name}`,
        fault: 'which is no token of this key',
        advice: `Give step '${context.step}' the key that it was made with.`,
      };
      const sql = elseError(value, tokenText(value, quote(before), key), told);
      return { ...own, sql, before: { name: before, sql: tokenBytes(value, key) } };
    }
    default: {
      const sql = maskValue(field, masking, subject, key);
      if (typeof sql === 'string') return { ...own, sql };
      if ('expected' in sql) return unfit(sql.expected);
      const { setting, reason } = sql;
      const at = Object.hasOwn(masking, setting) ? [...path, setting] : path;
      context.report('valueInvalid', { key: setting, reason }, at);
      return undefined;
    }
  }
}

/** Different values have different hashes and tokens, so that what was unique stays so. */
function keptKey(input: InputRelation, masked: ReadonlyMap<string, Masked>): readonly string[] {
  const isKept = input.key.every((name) => {
    const field = input.fields.find((each) => isSameName(each.name, name));
    const method = field && masked.get(field.name)?.method;
    return method === undefined || method === 'hash' || method === 'tokenize';
  });
  return isKept ? input.key : [];
}
