import type { LogicalType } from '@millrace/spec';

/**
 * Canonical text of a value that a server printed: by patterns over text, so that it shares nothing with the decoders.
 * Floats must be printed so that they read back exactly, bytes as hexadecimal digits, instants in UTC.
 * Throws a RangeError for a text that is no value of the type.
 */
export function canonicalFromText(type: LogicalType, text: string): string {
  switch (type.kind) {
    case 'boolean':
      return /^(t|true|1)$/i.test(text) ? '1' : match(/^(f|false|0)$/i, text, type.kind) && '0';
    case 'integer':
      return BigInt(text).toString();
    case 'decimal':
      return decimalText(text, type.scale);
    case 'float':
      return floatText(text, type.bits);
    case 'string':
    case 'json':
      return text;
    case 'bytes':
      return text.replace(/^\\x/, '').toLowerCase();
    case 'uuid':
      return text.toLowerCase();
    case 'date':
      return dateText(text);
    case 'time':
      return timeText(text);
    case 'timestamp':
      return timestampText(text);
  }
}

function match(pattern: RegExp, text: string, what: string): RegExpExecArray {
  const found = pattern.exec(text);
  if (found === null) throw new RangeError(`${JSON.stringify(text)} is not a ${what}`);
  return found;
}

function decimalText(text: string, scale: number): string {
  const [, sign = '', whole = '', fraction = ''] = match(/^(-?)(\d*)(?:\.(\d*))?$/, text, 'decimal');
  if (/[1-9]/.test(fraction.slice(scale))) throw new RangeError(`${text} has more than ${scale} decimals`);
  const digits = fraction.slice(0, scale).padEnd(scale, '0');
  const body = `${whole.replace(/^0+(?=\d)/, '') || '0'}${scale > 0 ? `.${digits}` : ''}`;
  return /[1-9]/.test(body) ? sign + body : body;
}

function floatText(text: string, bits: 32 | 64): string {
  const word = text.toLowerCase();
  if (word === 'nan') return 'nan';
  if (/^[-+]?inf(inity)?$/.test(word)) return word.startsWith('-') ? '-inf' : 'inf';
  const parsed = Number(match(/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/, word, 'float')[0]);
  const value = bits === 32 ? Math.fround(parsed) : parsed;
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (value === 0) return '0';
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const raw = view.getBigUint64(0);
  let exponent = Number((raw >> 52n) & 0x7ffn);
  let mantissa = raw & 0xfffffffffffffn;
  if (exponent === 0) exponent = 1;
  else mantissa |= 1n << 52n;
  for (; mantissa < 1n << 52n; mantissa <<= 1n) exponent -= 1;
  return `${value < 0 ? '-' : ''}${mantissa}e${exponent - 1023}`;
}

function dateText(text: string): string {
  if (/^-?infinity$/.test(text)) return text;
  const [, sign, year = '', rest = '', era] = match(/^(-?)(\d{4,})(-\d\d-\d\d)( \(?BC\)?)?$/, text, 'date');
  const digits = era === undefined ? year : String(Number(year) - 1);
  const isBefore = sign === '-' || (era !== undefined && Number(digits) > 0);
  return `${isBefore ? '-' : ''}${digits.padStart(4, '0')}${rest}`;
}

function timeText(text: string): string {
  const [, clock = '', fraction = ''] = match(/^(\d\d:\d\d:\d\d)(?:\.(\d{1,6})0*)?$/, text, 'time');
  return `${clock}.${fraction.padEnd(6, '0')}`;
}

function timestampText(text: string): string {
  if (/^-?infinity$/.test(text)) return text;
  const pattern = /^(\S+?)( \(BC\))?[T ]([\d:.]+)(?:Z|\+00(?::00)?)?( \(?BC\)?)?(?:\+00)?$/;
  const [, day = '', eraOfDay = '', clock = '', era = eraOfDay] = match(pattern, text, 'timestamp');
  return `${dateText(day + era)} ${timeText(clock)}`;
}
