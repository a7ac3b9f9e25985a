import { Cron } from 'croner';

/** When a pipeline runs by itself. */
export interface FireRule {
  /** Five fields. */
  readonly cron: string;
  readonly timezone: string;
}

/** Parsed rules; many pipelines run by the same one. */
const parsed = new Map<string, Cron>();
const MAX_PARSED = 2_000;

/**
 * The first times of a rule after a moment, in milliseconds since 1970: up to `count`, fewer when there are no more. A rule
 * of one time a day keeps to it when clocks change: what falls into the hour that is left out comes right after it, and
 * what comes twice is taken once.
 */
export function nextTimes(rule: FireRule, after: number, count: number): readonly number[] {
  return cronOf(rule)
    .nextRuns(count, new Date(after))
    .map((date) => date.getTime());
}

/** The first time after a moment; null when there is none. */
export function nextTime(rule: FireRule, after: number): number | null {
  return cronOf(rule).nextRun(new Date(after))?.getTime() ?? null;
}

/** The last times from one moment up to another, both included; at most `limit`. */
export function timesBetween(rule: FireRule, from: number, to: number, limit: number): readonly number[] {
  const cron = cronOf(rule);
  return cron
    .previousRuns(limit, new Date(to + 1000))
    .map((date) => date.getTime())
    .filter((time) => time >= from && time <= to)
    .toSorted((left, right) => left - right);
}

function cronOf({ cron, timezone }: FireRule): Cron {
  const key = `${cron}\n${timezone}`;
  const known = parsed.get(key);
  if (known) return known;
  if (parsed.size >= MAX_PARSED) parsed.clear();
  const made = new Cron(cron, { timezone, mode: '5-part', paused: true });
  parsed.set(key, made);
  return made;
}
