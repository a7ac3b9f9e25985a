import type { MetricKind, SeriesPoint } from '../series.ts';
import { SETTLED_SHARE, type SimulatedSeries } from './simulate.ts';

/** Says for each point of a series whether it would have raised an alert when it was the newest. */
export type Detector = (kind: MetricKind, points: readonly SeriesPoint[]) => readonly boolean[];

export interface DetectorScore {
  /** Share of alerts that were accidents, in the part of a series where accidents happen. Alerts at points one after the other are one alert. */
  readonly precision: number;
  /** Share of accidents that raised an alert while they could be seen. */
  readonly recall: number;
  readonly f1: number;
  /** Points that raised an alert in series in which nothing is wrong, from the first point on. */
  readonly alertsPer100HealthyPoints: number;
  /** Share of accidents noticed, by kind. */
  readonly recallByFault: Readonly<Record<string, number>>;
  readonly falseAlertsByShape: Readonly<Record<string, number>>;
}

/** Judges a detector by whole accidents and whole alerts, not by points. */
export function scoreDetector(detect: Detector, series: readonly SimulatedSeries[]): DetectorScore {
  let noticed = 0;
  let falseAlerts = 0;
  let healthyPoints = 0;
  let healthyAlerts = 0;
  const byFault = new Map<string, { noticed: number; all: number }>();
  const byShape: Record<string, number> = {};
  for (const { shape, kind, points, fault } of series) {
    const alerts = detect(kind, points);
    if (fault === null) {
      healthyPoints += points.length;
      healthyAlerts += alerts.filter(Boolean).length;
    }
    const runs = alertRuns(alerts).filter((run) => run.end > SETTLED_SHARE * points.length);
    const isOfFault = (run: AlertRun): boolean =>
      fault !== null && run.start < fault.end && run.end > fault.start;
    const wrong = runs.filter((run) => !isOfFault(run)).length;
    falseAlerts += wrong;
    byShape[shape] = (byShape[shape] ?? 0) + wrong;
    if (fault === null) continue;
    const entry = byFault.get(fault.name) ?? { noticed: 0, all: 0 };
    byFault.set(fault.name, entry);
    entry.all += 1;
    if (!runs.some(isOfFault)) continue;
    entry.noticed += 1;
    noticed += 1;
  }
  const accidents = series.filter(({ fault }) => fault !== null).length;
  const precision = noticed / Math.max(1, noticed + falseAlerts);
  const recall = noticed / Math.max(1, accidents);
  return {
    precision,
    recall,
    f1: (2 * precision * recall) / Math.max(Number.MIN_VALUE, precision + recall),
    alertsPer100HealthyPoints: (100 * healthyAlerts) / Math.max(1, healthyPoints),
    recallByFault: Object.fromEntries([...byFault].map(([name, { noticed: n, all }]) => [name, n / all])),
    falseAlertsByShape: byShape,
  };
}

interface AlertRun {
  readonly start: number;
  readonly end: number;
}

function alertRuns(alerts: readonly boolean[]): readonly AlertRun[] {
  const runs: { start: number; end: number }[] = [];
  alerts.forEach((isAlert, index) => {
    if (!isAlert) return;
    const last = runs.at(-1);
    if (last?.end === index) last.end += 1;
    else runs.push({ start: index, end: index + 1 });
  });
  return runs;
}
