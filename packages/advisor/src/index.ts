/**
 * What can be told from metadata, profiles and history alone: whether a figure is out of the ordinary, what identifies a
 * row, what refers to what, what is personal, and how a table is best loaded. Every answer carries its evidence.
 * Pure and deterministic: knows no connection, no clock and no randomness.
 * Enter at `judgePoint` (a figure against its history).
 */
export * from './anomaly/anomaly-verdict.ts';
export * from './anomaly/judge-point.ts';
export * from './anomaly/series.ts';
