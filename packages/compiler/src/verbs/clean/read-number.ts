import type { LogicalType } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

import { decimalText } from '../../checks/literal.ts';
import { convertValue } from '../../sql/convert-value.ts';

const quote = (value: string) => quoteText(duckdbDialect, value);
const escape = (value: string) => value.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');

const MAX_DIGITS = 38;
/** Digits before the point that a number with a unit may have at least. */
const WHOLE_DIGITS = 12;

export interface NumberForm {
  readonly decimal?: string | undefined;
  readonly thousands?: string | undefined;
  readonly units?: Readonly<Record<string, number>> | undefined;
}

export interface FormProblem {
  readonly key: string;
  readonly reason: string;
  readonly path: readonly string[];
}

/** A number in a text. `read` is NULL when the text has another form. */
export interface NumberReading {
  readonly read: string;
  readonly type: LogicalType;
}

/**
 * How a number is read in a text: as plain digits, or, when there are units, multiplied by them as a decimal, so that 1.1k is
 * 1100. What it gives is to be converted to the wanted type.
 */
export function readNumber(text: string, form: NumberForm, to: LogicalType): NumberReading | FormProblem {
  const { decimal = '.', thousands, units = {} } = form;
  if (to.kind !== 'integer' && to.kind !== 'decimal' && to.kind !== 'float')
    return { key: 'to', reason: 'must be a type of numbers', path: ['to'] };
  if (decimal === thousands)
    return { key: 'thousands', reason: 'must differ from decimal', path: ['thousands'] };
  for (const [name, value] of [['decimal', decimal] as const, ['thousands', thousands] as const]) {
    if (value !== undefined && /[\d+-]/.test(value))
      return { key: name, reason: 'cannot be a digit or a sign', path: [name] };
  }
  const whole = thousands === undefined ? '\\d+' : `(?:\\d{1,3}(?:${escape(thousands)}\\d{3})+|\\d+)`;
  const number = `[+-]?(?:${whole}(?:${escape(decimal)}\\d*)?|${escape(decimal)}\\d+)`;
  const plain = (digits: string) => {
    const ungrouped = thousands === undefined ? digits : `replace(${digits}, ${quote(thousands)}, '')`;
    return decimal === '.' ? ungrouped : `replace(${ungrouped}, ${quote(decimal)}, '.')`;
  };
  const factors = new Map<string, string>();
  for (const [unit, factor] of Object.entries(units)) {
    const path = ['units', unit];
    const exact = decimalText(factor);
    if (/^\s|\s$|^[\d.,]/.test(unit))
      return { key: unit, reason: 'must not begin with a digit or have spaces around it', path };
    if (exact === undefined || factor === 0)
      return {
        key: unit,
        reason: `cannot be multiplied by ${factor}: it must be a number that is not 0`,
        path,
      };
    factors.set(unit.toLowerCase(), exact);
  }
  if (factors.size === 0) {
    return {
      read: `CASE WHEN regexp_full_match(${text}, ${quote(number)}) THEN ${plain(text)} END`,
      type: { kind: 'string' },
    };
  }
  const names = [...factors.keys()].toSorted((left, right) => right.length - left.length).map(escape);
  const pattern = quote(`^(${number})(?:\\s?(${names.join('|')}))?$`);
  const part = (group: 1 | 2) => `regexp_extract(${text}, ${pattern}, ${group}, 'i')`;
  const cases = [...factors].map(([unit, factor]) => `WHEN ${quote(unit)} THEN ${factor}`);
  const product = multiplied(plain(part(1)), [...factors.values()], to);
  if (product === undefined)
    return { key: 'units', reason: 'differ too much to multiply exactly; split them', path: ['units'] };
  const factor = `CAST(CASE lower(${part(2)}) ${cases.join(' ')} ELSE 1 END AS ${product.factorType})`;
  return { read: `${product.value} * ${factor}`, type: product.type };
}

/** The number in a type that, together with that of the factors, holds each product. */
function multiplied(
  digits: string,
  factors: readonly string[],
  to: LogicalType,
): { readonly value: string; readonly factorType: string; readonly type: LogicalType } | undefined {
  if (to.kind === 'float')
    return {
      value: `TRY_CAST(${digits} AS DOUBLE)`,
      factorType: 'DOUBLE',
      type: { kind: 'float', bits: 64 },
    };
  const parts = factors.map((factor) => factor.replace('-', '').split('.'));
  const whole = Math.max(1, ...parts.map(([before = '']) => before.length));
  const fraction = Math.max(0, ...parts.map(([, after = '']) => after.length));
  const precision = MAX_DIGITS - whole - fraction;
  const wanted = (to.kind === 'decimal' ? to.scale : 0) + whole;
  const scale = Math.min(wanted, precision - WHOLE_DIGITS);
  if (scale < 0) return undefined;
  const value = convertValue(digits, { kind: 'string' }, { kind: 'decimal', precision, scale });
  return {
    value: `${value}`,
    factorType: `DECIMAL(${whole + fraction},${fraction})`,
    type: { kind: 'decimal', precision: MAX_DIGITS, scale: scale + fraction },
  };
}
