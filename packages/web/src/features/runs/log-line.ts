import { formatBytes, formatNumber } from '../../ui/format-number.ts';
import { formatDuration } from '../../ui/format-time.ts';
import type { RunEvent, StoredEvent } from './use-run-events.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** From the least to the most important. */
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** When a line was said, to the millisecond. */
export const LOG_TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** An event as a line of the log. */
export interface LogLine {
  readonly sequence: number;
  readonly at: string;
  readonly level: LogLevel;
  /** The table as people call it; empty for what is about the run. */
  readonly table: string;
  readonly text: string;
}

/** The log of a run: its events in words, in order. */
export function logLines(events: readonly StoredEvent[]): readonly LogLine[] {
  const titles = new Map<string, string>();
  return events.flatMap(({ sequence, event }) => {
    if (event.type === 'runStarted')
      for (const [task, title] of Object.entries(event.tables)) titles.set(task, title);
    const said = describeEvent(event);
    if (said === undefined) return [];
    const task = 'task' in event ? (event.task ?? '') : '';
    return [{ sequence, at: event.at, table: titles.get(task) ?? task, ...said }];
  });
}

type Said = Pick<LogLine, 'level' | 'text'>;

function describeEvent(event: RunEvent): Said | undefined {
  const info = (text: string): Said => ({ level: 'info', text });
  const warn = (text: string): Said => ({ level: 'warn', text });
  switch (event.type) {
    case 'runStarted':
      return info(`Attempt ${event.attempt} begins with ${event.tasks.length} tables.`);
    case 'taskStarted':
      return info(`Loads ${event.mode}: ${event.reason}`);
    case 'taskStaged':
      return {
        level: 'debug',
        text: `Staged ${formatNumber(event.rows)} rows, ${formatBytes(event.bytes)}${event.isReused ? ', of an earlier attempt' : ''}`,
      };
    case 'taskMeasured':
      return {
        level: 'debug',
        text: `${formatNumber(event.rowsIn)} rows in, ${formatNumber(event.rowsOut)} rows out, ${formatDuration(event.durationMs)}`,
      };
    case 'taskPublished':
      return info(
        `Published version ${event.record.version}: ${formatNumber(event.rowsRead)} rows read, ${formatNumber(event.rowsInserted)} inserted, ${formatNumber(event.rowsUpdated)} updated, ${formatNumber(event.rowsDeleted)} deleted, ${formatDuration(event.durationMs)}`,
      );
    case 'taskUnchanged':
      return info('Nothing new at the source.');
    case 'taskPaused':
      return warn(`Waits for a person: ${event.reason}`);
    case 'taskRetrying':
      return warn(
        `Try ${event.try} failed, the next one begins in ${formatDuration(event.afterMs)}: ${event.error.message}`,
      );
    case 'taskFailed':
      return { level: 'error', text: event.error.message };
    case 'taskVerified':
      return event.isEqual ? info(event.statement) : { level: 'error', text: event.statement };
    case 'tableChecked': {
      const failed = event.results.filter(({ status }) => status !== 'passed');
      const text = `${event.results.length - failed.length} of ${event.results.length} checks of ${event.step} passed`;
      return failed.length === 0 ? info(`${text}.`) : warn(`${text}.`);
    }
    case 'rowsParted':
      return event.setAside === 0 && event.discarded === 0
        ? undefined
        : warn(
            `${formatNumber(event.setAside)} rows of ${event.step} set aside, ${formatNumber(event.discarded)} discarded, ${formatNumber(event.passed)} passed.`,
          );
    case 'schemaDrift':
      return warn(`Columns changed: ${event.changes.join('; ')}`);
    case 'anomalyFound':
      return warn(`Unusual: ${event.message}`);
    case 'codeLogged':
      return {
        level: event.level,
        text: event.row === null ? event.text : `row ${formatNumber(event.row)}: ${event.text}`,
      };
    case 'warning':
      return warn(event.message);
    case 'runFinished':
      return {
        level: event.state === 'failed' ? 'error' : 'info',
        text: `The run ${event.state === 'cancelled' ? 'was cancelled' : event.state} after ${formatDuration(event.durationMs)}.`,
      };
    case 'taskProgress':
    case 'tableProfiled':
      return undefined;
  }
}
