/**
 * What can be told from metadata, profiles and history alone: whether a figure is out of the ordinary, what identifies a
 * row, what refers to what, what is personal, and how a table is best loaded. Every answer carries its evidence.
 * Pure and deterministic: knows no connection, no clock and no randomness.
 * Enter at `generatePipeline` (tables and samples into a document) and `judgePoint` (a figure against its history).
 */
export * from './anomaly/anomaly-verdict.ts';
export * from './anomaly/judge-point.ts';
export * from './anomaly/series.ts';
export type { CheckProposal } from './checks/propose-checks.ts';
export type { TableEvidence } from './evidence/table-evidence.ts';
export { analyseTables, type AnalysedTable } from './generate/analyse-tables.ts';
export type { GenerateInput } from './generate/generate-input.ts';
export * from './generate/generate-pipeline.ts';
export type { KeyFinding } from './keys/find-key.ts';
export type { Reference } from './keys/find-references.ts';
export type { LoadChoice } from './load/choose-load.ts';
export { pairsToCompare } from './load/prove-cursor.ts';
export type { MeaningFinding } from './meaning/find-meaning.ts';
export { MASK_SECRET, personalColumns, type PersonalColumn } from './generate/plan-masks.ts';
export type { MaskProposal } from './meaning/propose-mask.ts';
export type { PersonalClass } from './meaning/meanings.ts';
