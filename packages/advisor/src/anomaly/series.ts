/** What a series measures; it decides the scale on which points are compared and which direction is a fault. */
export type MetricKind = 'rowCount' | 'nullShare' | 'freshness' | 'distribution' | 'duration';

/** One measurement. `value`: rows, a share from 0 to 1, seconds (freshness, duration), or any figure of a distribution. */
export interface SeriesPoint {
  /** An instant in ISO 8601. */
  readonly at: string;
  readonly value: number;
  /** How it was judged when it was the newest; faults must not become the baseline. Absent means normal. */
  readonly wasAnomalous?: boolean;
}
