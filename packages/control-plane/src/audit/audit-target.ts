/** Longer texts are cut: the log says what was done, not all of it. */
const MAX_LENGTH = 2_000;
/** Fields that hold what lets somebody in. */
const WITHHELD = /^value$|password|token$|secret$/i;

/**
 * What an operation was done to: the simple fields of its input. Structures (settings of a connection, say) and texts of
 * several lines (documents) are only named, because a secret can stand in them; a query is kept whole.
 */
export function auditTarget(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  const told = Object.entries(input).filter(([, value]) => value !== undefined && !isEmptyList(value));
  if (told.length === 0) return '';
  const text = JSON.stringify(Object.fromEntries(told.map(([name, value]) => [name, tell(name, value)])));
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

function tell(name: string, value: unknown): unknown {
  if (WITHHELD.test(name)) return '…';
  if (typeof value === 'string') return name !== 'sql' && value.includes('\n') ? '…' : value;
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? value : '…';
  return typeof value === 'object' && value !== null ? '…' : value;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
