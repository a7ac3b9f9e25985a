import type { CodeLogLine } from '../sandbox-message.ts';
import { stringifyJson } from './exact-json.ts';

const MAX_LINES = 100;
const MAX_CHARACTERS = 1000;

/** The `console` of the code: lines are kept, up to a bound for each batch, and leave with its rows. */
export class BoundedConsole {
  #lines: CodeLogLine[] = [];
  #dropped = 0;
  readonly #currentRow: () => number | null;

  constructor(currentRow: () => number | null) {
    this.#currentRow = currentRow;
  }

  install(): void {
    const write =
      (level: CodeLogLine['level']) =>
      (...parts: unknown[]): void =>
        this.#write(level, parts);
    const console = {
      log: write('info'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      debug: write('debug'),
    };
    Object.defineProperty(globalThis, 'console', { value: console, writable: true, configurable: true });
  }

  take(): { readonly logs: CodeLogLine[]; readonly droppedLogs: number } {
    const taken = { logs: this.#lines, droppedLogs: this.#dropped };
    this.#lines = [];
    this.#dropped = 0;
    return taken;
  }

  #write(level: CodeLogLine['level'], parts: readonly unknown[]): void {
    if (this.#lines.length >= MAX_LINES) {
      this.#dropped += 1;
      return;
    }
    const text = parts.map(printed).join(' ');
    this.#lines.push({ level, row: this.#currentRow(), text: shortened(text) });
  }
}

/** A slice alone would keep all of a long text in memory. */
function shortened(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : text.slice(0, MAX_CHARACTERS).split('').join('');
}

function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && !(value instanceof Error)) {
    try {
      return stringifyJson(value) ?? 'undefined';
    } catch {
      return Object.prototype.toString.call(value);
    }
  }
  return typeof value === 'symbol' ? value.toString() : String(value);
}
