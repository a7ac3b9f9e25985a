import type { CodeLogEvent } from '@millrace/control-plane';
import { foldRun } from '@millrace/engine';
import type { RunEvent, TaskState } from '@millrace/engine';

import type { Session } from '../session/session.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './amounts.ts';
import type { Paint } from './paint.ts';
import { fitText, padText, printable } from './terminal-text.ts';

/** Shows a run while it goes on. */
export interface RunWatcher {
  readonly see: (event: RunEvent) => void;
  /** Takes the block away, so that the final table stands alone. */
  readonly end: () => void;
}

const REPAINT_MS = 120;

/** A block that repaints itself on a terminal, plain lines elsewhere, nothing for programs. */
export function watchRun(session: Session): RunWatcher {
  if (session.isJson) return { see: () => undefined, end: () => undefined };
  if (!session.process.isTerminal) return new Lines(session);
  return new LiveBlock(session);
}

/** One line per thing that happened to a table; progress is not worth a line. */
class Lines implements RunWatcher {
  readonly #session: Session;
  #titles: Titles = new Map();

  constructor(session: Session) {
    this.#session = session;
  }

  readonly see = (event: RunEvent): void => {
    if (event.type === 'runStarted') this.#titles = titlesOf([event]);
    const line = describeEvent(event, this.#titles);
    if (line !== undefined) this.#session.remark(printable(line));
  };

  readonly end = (): void => undefined;
}

/** Tables by the tasks that write them. */
type Titles = ReadonlyMap<string, string>;

function titlesOf(events: readonly RunEvent[]): Titles {
  return new Map(
    events.flatMap((event) => (event.type === 'runStarted' ? Object.entries(event.tables) : [])),
  );
}

function describeEvent(event: RunEvent, titles: Titles): string | undefined {
  const table = 'task' in event && event.task !== null ? (titles.get(event.task) ?? event.task) : '';
  switch (event.type) {
    case 'runStarted':
      return `run ${event.runId}, attempt ${event.attempt}: ${formatCount(event.tasks.length)} table${event.tasks.length === 1 ? '' : 's'}`;
    case 'taskStarted':
      return `${table}: ${event.mode} (${event.reason})`;
    case 'taskRetrying':
      return `${table}: try ${event.try} failed, next in ${formatDuration(event.afterMs)}: ${event.error.message}`;
    case 'taskPublished':
      return `${table}: published ${formatCount(event.rowsRead)} rows in ${formatDuration(event.durationMs)}`;
    case 'taskPaused':
      return `${table}: waits: ${event.reason}`;
    case 'taskUnchanged':
      return `${table}: nothing new`;
    case 'taskFailed':
      return `${table}: failed: ${event.error.message}`;
    case 'taskVerified':
      return `${table}: ${event.isEqual ? `verified, ${formatCount(event.rows)} rows are equal` : event.statement}`;
    case 'tableChecked': {
      const { results } = event;
      const passed = results.filter(({ status }) => status === 'passed').length;
      return `${event.step}: ${formatCount(passed)} of ${formatCount(results.length)} checks passed`;
    }
    case 'schemaDrift':
      return `${table}: columns changed: ${event.changes.join('; ')}`;
    case 'codeLogged':
      return event.level === 'warn' || event.level === 'error'
        ? formatCodeLog({ ...event, task: table })
        : undefined;
    case 'warning':
      return `warning: ${event.message}`;
    case 'anomalyFound':
      return `unusual: ${event.message}`;
    case 'rowsParted':
    case 'taskProgress':
    case 'taskMeasured':
    case 'tableProfiled':
    case 'taskStaged':
    case 'runFinished':
      return undefined;
  }
}

/** A line of code, with the row that it was written for. */
export function formatCodeLog({ task, level, row, text }: CodeLogEvent): string {
  const place = row === null ? '' : `, row ${formatCount(row)}`;
  return `${task}: ${level}${place}: ${text}`;
}

class LiveBlock implements RunWatcher {
  readonly #session: Session;
  readonly #startedAt = performance.now();
  readonly #events: RunEvent[] = [];
  /** Where the newest progress of a task stands in the events, to be replaced by the next. */
  readonly #progress = new Map<string, number>();
  #lines = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(session: Session) {
    this.#session = session;
  }

  readonly see = (event: RunEvent): void => {
    if (event.type === 'taskProgress') {
      const index = this.#progress.get(event.task) ?? this.#events.length;
      this.#progress.set(event.task, index);
      this.#events[index] = event;
    } else {
      if ('task' in event && event.task !== null) this.#progress.delete(event.task);
      this.#events.push(event);
    }
    if (!this.#hasEnded) this.#timer ??= setTimeout(() => this.#repaint(), REPAINT_MS);
  };

  readonly end = (): void => {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#session.process.writeErr(this.#eraseBlock());
  };

  #repaint(): void {
    this.#timer = undefined;
    const { columns, rows } = this.#session.process;
    const lines = formatProgress(this.#events, performance.now() - this.#startedAt, {
      columns,
      rows: Math.max(3, rows - 2),
      paint: this.#session.paint,
    });
    this.#session.process.writeErr(`${this.#eraseBlock()}${lines.join('\n')}\n`);
    this.#lines = lines.length;
  }

  #eraseBlock(): string {
    const erase = this.#lines === 0 ? '' : `\u001b[${this.#lines}F\u001b[J`;
    this.#lines = 0;
    return erase;
  }
}

export interface ProgressSpace {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

/** The block: a line of totals, then the tables at work, as many as there is room for, then how many others wait. */
export function formatProgress(
  events: readonly RunEvent[],
  elapsedMs: number,
  space: ProgressSpace,
): readonly string[] {
  const state = foldRun(events);
  const tasks = [...state.tasks.values()];
  const done = tasks.filter((task) => task.status === 'published' || task.status === 'unchanged').length;
  const failed = tasks.filter((task) => task.status === 'failed').length;
  const active = tasks.filter((task) => task.status === 'running' || task.status === 'retrying');
  const shown = active.slice(0, Math.max(1, space.rows - 2));
  const waiting = tasks.length - done - failed - shown.length;
  const head = [
    `${formatCount(done)} of ${formatCount(tasks.length)} tables`,
    `${formatCount(state.totals.rows)} rows`,
    formatRate(state.totals.rows, elapsedMs),
    formatBytes(state.totals.bytes),
    formatDuration(elapsedMs),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join('  ');
  const titles = titlesOf(events);
  const titleOf = ({ task }: TaskState): string => titles.get(task) ?? task;
  const width = Math.min(40, Math.max(...shown.map((task) => titleOf(task).length), 10));
  const lines = shown.map((task) => formatTask(task, titleOf(task), width, elapsedMs));
  if (waiting > 0) lines.push(`… ${formatCount(waiting)} waiting`);
  const fitted = [head, ...lines].map((line) => fitText(line, space.columns - 1));
  return fitted.map((line, index) => (index === 0 ? space.paint('bold', line) : line));
}

function formatTask(task: TaskState, title: string, width: number, elapsedMs: number): string {
  const name = padText(fitText(printable(title), width), width);
  const parts = [`${formatCount(task.rows)} rows`, formatRate(task.rows, elapsedMs), formatBytes(task.bytes)];
  if (task.estimatedRows !== null && task.estimatedRows > 0 && task.rows > 0) {
    const share = Math.min(1, task.rows / task.estimatedRows);
    const remainingMs = (elapsedMs * (1 - share)) / share;
    parts.push(
      `${Math.floor(share * 100)} %`,
      share < 1 ? `about ${formatDuration(remainingMs)} left` : 'finishing',
    );
  }
  if (task.status === 'retrying') parts.push(`retrying: ${printable(task.error?.code ?? '')}`);
  return `  ${name}  ${parts.join('  ')}`;
}
