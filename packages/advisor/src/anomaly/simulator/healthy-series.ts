import type { MetricKind, SeriesPoint } from '../series.ts';
import { seededRandom, type Random } from './seeded-random.ts';

const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;
/** A Thursday, so that weeks do not begin where series do. */
const START = Date.UTC(2026, 0, 1, 3);

/** A kind of table, as its figures show it: what is measured, how often, and how it moves while nothing is wrong. */
export interface SeriesShape {
  readonly name: string;
  readonly kind: MetricKind;
  readonly gapMs: number;
  readonly points: number;
  /** Chooses the table's own constants; the result gives the value at a time, `day` counted from the start. */
  readonly make: (random: Random) => (at: number, day: number) => number;
}

export const SERIES_SHAPES: readonly SeriesShape[] = [
  shape('steady', 'rowCount', (random) => {
    const size = 10 ** random.between(3, 7);
    const noise = random.between(0.01, 0.08);
    return () => size * lognormal(random, noise);
  }),
  shape('reference table that hardly changes', 'rowCount', (random) => {
    let size = Math.round(10 ** random.between(1.5, 4));
    return () => (size += random.uniform() < 0.1 ? 1 : 0);
  }),
  shape('growing', 'rowCount', (random) => {
    const size = 10 ** random.between(3, 6);
    const growth = random.between(0.002, 0.012);
    const noise = random.between(0.01, 0.06);
    return (_, day) => size * Math.exp(growth * day) * lognormal(random, noise);
  }),
  shape('working week', 'rowCount', (random) => {
    const size = 10 ** random.between(3, 6);
    const week = workingWeek(random);
    const noise = random.between(0.02, 0.1);
    return (at) => size * week(at) * lognormal(random, noise);
  }),
  shape('working week, growing', 'rowCount', (random) => {
    const size = 10 ** random.between(3, 6);
    const week = workingWeek(random);
    const growth = random.between(-0.004, 0.008);
    const noise = random.between(0.02, 0.08);
    return (at, day) => size * week(at) * Math.exp(growth * day) * lognormal(random, noise);
  }),
  shape('closed at weekends', 'rowCount', (random) => {
    const size = 10 ** random.between(2.5, 5);
    const noise = random.between(0.03, 0.1);
    return (at) => (isWeekend(at) ? 0 : size * lognormal(random, noise));
  }),
  shape('month end', 'rowCount', (random) => {
    const size = 10 ** random.between(3, 5);
    const peak = random.between(1.6, 3);
    const noise = random.between(0.02, 0.08);
    return (at) => size * (isLastOfMonth(at) ? peak : 1) * lognormal(random, noise);
  }),
  shape('few rows a day', 'rowCount', (random) => {
    const mean = random.between(15, 150);
    return () => random.poisson(mean);
  }),
  { ...shape('hours of the day', 'rowCount', hourly), gapMs: MS_PER_HOUR, points: 24 * 21 },
  shape('NULLs in a few rows', 'nullShare', (random) => {
    const share = 10 ** random.between(-3, -1.5);
    const rows = 10 ** random.between(4, 6);
    return () => random.poisson(share * rows * lognormal(random, 0.06)) / rows;
  }),
  shape('NULLs in many rows', 'nullShare', (random) => {
    const share = random.between(0.08, 0.4);
    const noise = random.between(0.02, 0.06);
    return () => Math.min(1, share * lognormal(random, noise));
  }),
  shape('no NULLs', 'nullShare', () => () => 0),
  shape('age of the newest row', 'freshness', (random) => {
    const age = random.between(300, 20_000);
    const noise = random.between(0.05, 0.2);
    return () => age * lognormal(random, noise);
  }),
  shape('mean of a column', 'distribution', (random) => {
    const mean = random.between(-50, 500);
    const spread = random.between(0.3, 4);
    return () => mean + spread * random.normal();
  }),
  shape('mean of a column, by weekday', 'distribution', (random) => {
    const mean = random.between(20, 500);
    const weekend = random.between(0.75, 0.95);
    const spread = mean * random.between(0.004, 0.015);
    return (at) => mean * (isWeekend(at) ? weekend : 1) + spread * random.normal();
  }),
  shape('run time', 'duration', (random) => {
    const time = 10 ** random.between(0.8, 3.3);
    const noise = random.between(0.04, 0.15);
    return () => time * lognormal(random, noise) * (random.uniform() < 0.02 ? random.between(1.1, 1.4) : 1);
  }),
  shape('run time, growing with the table', 'duration', (random) => {
    const time = 10 ** random.between(0.8, 3);
    const growth = random.between(0.001, 0.008);
    const noise = random.between(0.04, 0.12);
    return (_, day) => time * Math.exp(growth * day) * lognormal(random, noise);
  }),
];

/** A series of the shape in which nothing is wrong; the same for the same seed. */
export function healthySeries(shape: SeriesShape, seed: number): readonly SeriesPoint[] {
  const random = seededRandom(seed);
  const valueAt = shape.make(random);
  return Array.from({ length: shape.points }, (_, index) => {
    const at = START + index * shape.gapMs;
    const value = valueAt(at, (at - START) / MS_PER_DAY);
    const isCount = shape.kind === 'rowCount';
    return { at: new Date(at).toISOString(), value: isCount ? Math.round(value) : value };
  });
}

function shape(name: string, kind: MetricKind, make: SeriesShape['make']): SeriesShape {
  return { name, kind, gapMs: MS_PER_DAY, points: 120, make };
}

function hourly(random: Random): (at: number) => number {
  const size = 10 ** random.between(3, 5);
  const night = random.between(0.1, 0.5);
  const weekend = random.between(0.4, 0.9);
  const noise = random.between(0.03, 0.1);
  return (at) => {
    const hour = Math.floor(at / MS_PER_HOUR) % 24;
    const byDay = night + (1 - night) * Math.max(0, Math.sin(((hour - 5) / 17) * Math.PI));
    return size * byDay * (isWeekend(at) ? weekend : 1) * lognormal(random, noise);
  };
}

function workingWeek(random: Random): (at: number) => number {
  const saturday = random.between(0.2, 0.7);
  const sunday = random.between(0.1, 0.5);
  const monday = random.between(1, 1.3);
  return (at) => [sunday, monday, 1, 1, 1, 0.95, saturday][weekday(at)] ?? 1;
}

function lognormal(random: Random, spread: number): number {
  return Math.exp(spread * random.normal());
}

function weekday(at: number): number {
  return new Date(at).getUTCDay();
}

function isWeekend(at: number): boolean {
  return weekday(at) % 6 === 0;
}

function isLastOfMonth(at: number): boolean {
  return new Date(at + MS_PER_DAY).getUTCDate() === 1;
}
