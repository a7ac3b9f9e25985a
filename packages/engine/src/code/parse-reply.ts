import type { ColumnShape } from './packed-batch.ts';
import type { CodeFailure, CodeLogLine, SandboxReply } from './sandbox-message.ts';

const MAX_LINES = 100;
const MAX_CHARACTERS = 4000;
const LEVELS: readonly CodeLogLine['level'][] = ['debug', 'info', 'warn', 'error'];
const KINDS: readonly CodeFailure['kind'][] = [
  'syntax',
  'import',
  'export',
  'thrown',
  'result',
  'value',
  'timeout',
  'memory',
  'sandbox',
];

type Fields = Readonly<Record<string, unknown>>;

/** A reply of the sandbox, which may say anything: only the fields of a reply, with texts bounded and on one line. Throws a RangeError. */
export function parseReply(header: unknown): SandboxReply {
  const reply = fieldsOf(header);
  switch (reply['type']) {
    case 'ready':
      return { type: 'ready', logs: logsOf(reply['logs']) };
    case 'failure':
      return { type: 'failure', failure: failureOf(fieldsOf(reply['failure'])) };
    case 'rows':
      return {
        type: 'rows',
        rows: indexOf(reply['rows']) ?? 0,
        columns: listOf(reply['columns']).map(shapeOf),
        isLast: reply['isLast'] === true,
        logs: logsOf(reply['logs']),
        droppedLogs: indexOf(reply['droppedLogs']) ?? 0,
      };
    default:
      throw new RangeError('The sandbox sent a reply of no known type.');
  }
}

function failureOf(failure: Fields): CodeFailure {
  return {
    kind: KINDS.find((kind) => kind === failure['kind']) ?? 'sandbox',
    message: textOf(failure['message']),
    row: indexOf(failure['row']),
    line: indexOf(failure['line']),
    column: indexOf(failure['column']),
  };
}

function logsOf(value: unknown): CodeLogLine[] {
  return listOf(value)
    .slice(0, MAX_LINES)
    .map((entry) => {
      const line = fieldsOf(entry);
      return {
        level: LEVELS.find((level) => level === line['level']) ?? 'info',
        row: indexOf(line['row']),
        text: textOf(line['text']),
      };
    });
}

function shapeOf(value: unknown): ColumnShape {
  const shape = fieldsOf(value);
  return { hasValid: shape['hasValid'] === true, hasHeap: shape['hasHeap'] === true };
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new RangeError('The sandbox sent no object.');
  return value as Fields;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function indexOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Control characters as escapes: what user code writes cannot begin a line of a log, or move a terminal's cursor. */
function textOf(value: unknown): string {
  return String(typeof value === 'string' ? value : '')
    .slice(0, MAX_CHARACTERS)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
      character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
