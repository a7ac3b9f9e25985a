/**
 * Turns a pipeline document and the schemas of its sources into a Plan.
 * Pure: knows no file, server, driver or clock.
 * Enter at `compilePipeline`.
 */
export * from './checks/check-plan.ts';
export * from './checks/check-relations.ts';
export * from './checks/check-result.ts';
export * from './checks/check-facts.ts';
export type { CheckedRelation } from './checks/checked-relation.ts';
export * from './checks/compile-checks.ts';
export * from './checks/dense-key.ts';
export * from './checks/evaluate-checks.ts';
export * from './code/code-analyser.ts';
export * from './code/code-files.ts';
export { DECIDED, DECIDED_FIELDS, NO_DECISIONS, isDecided } from './checks/identify-row.ts';
export * from './compile-input.ts';
export * from './compile-pipeline.ts';
export { CompileMemory } from './compile-memory.ts';
export * from './drift/apply-contract.ts';
export * from './drift/drift.ts';
export * from './drift/hold-tables.ts';
export * from './drift/propose-edit.ts';
export * from './drift/reconcile-destination.ts';
export * from './explain/changed-steps.ts';
export * from './explain/compare-plans.ts';
export * from './explain/explain-incrementality.ts';
export * from './explain/outline-plan.ts';
export * from './explain/schema-changes.ts';
export * from './explain/title-relation.ts';
export * from './explain/title-task.ts';
export * from './export/export-airflow.ts';
export * from './export/export-mermaid.ts';
export * from './export/export-sql.ts';
export * from './fingerprint/fingerprint.ts';
export { DEFAULT_CONTRACT, DEFAULT_QUARANTINE } from './load/load-settings.ts';
export * from './load/plan-columns.ts';
export * from './lineage/find-columns.ts';
export * from './lineage/follow-column.ts';
export * from './lineage/hidden-columns.ts';
export * from './lineage/joined-sources.ts';
export * from './lineage/open-lineage.ts';
export * from './lineage/trace-plan.ts';
export * from './narrow-plan.ts';
export * from './plan.ts';
export type * from './sample/table-sample.ts';
export { isNumericType } from './profile/column-traits.ts';
export * from './profile/dataset-profile.ts';
export {
  profileStatements,
  type ProfileOptions,
  type ProfileStatements,
} from './profile/profile-statements.ts';
export * from './profile/read-profile.ts';
export * from './required-tables.ts';
export * from './sql/sql-analyser.ts';
export * from './tasks-behind.ts';
export { FAILED, UNCHECKED } from './transform/check-step.ts';
export type { DefinedRelation } from './transform/compiled-step.ts';
export { describeSources } from './transform/describe-sources.ts';
export { LANDING_CAPABILITIES } from './transform/plan-landing.ts';
export * from './transform/transform-verb.ts';
export * from './verbs/index.ts';
