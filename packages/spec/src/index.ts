/**
 * The pipeline language: the document, its parse with positions, diagnostics, edits, and the logical types of data.
 * Runs in any runtime; knows nothing of files, servers or connectors.
 * Enter at `parsePipeline` (text to document) and `LogicalType`.
 */
export * from './dataset.ts';
export * from './logical-type.ts';
export * from './source-table.ts';
export * from './capabilities.ts';
export * from './diagnostic/catalogue.ts';
export * from './diagnostic/diagnostic.ts';
export * from './diagnostic/format-diagnostic.ts';
export * from './diagnostic/nearest-name.ts';
export * from './diagnostic/source-range.ts';
export * from './document/check-list.ts';
export * from './document/check-references.ts';
export type { Check, CheckScope } from './document/checks/check.ts';
export { COUNT_OPTIONS, ROW_OPTIONS } from './document/checks/check-options.ts';
export { findPatternProblem, type PatternProblem } from './document/checks/find-pattern-problem.ts';
export * from './document/duration.ts';
export * from './document/glob.ts';
export * from './document/load.ts';
export { areLinkedAlike, type NamedStep } from './document/named-steps.ts';
export { PARAMETER_TYPES, type ParameterDeclaration, type ParameterType } from './document/parameters.ts';
export * from './document/pipeline-document.ts';
export * from './document/project-document.ts';
export { NAME_PATTERN } from './document/schema-parts.ts';
export * from './document/size.ts';
export * from './document/step-reference.ts';
export * from './document/step.ts';
export type { TemplateDocument } from './document/template-document.ts';
export type { InputSlot } from './document/verbs/verb.ts';
export * from './document/table-reference.ts';
export * from './document/value-reference.ts';
export * from './draft/read-draft.ts';
export * from './draft/sound-part.ts';
export * from './edit/apply-edit.ts';
export * from './edit/diff-text.ts';
export * from './edit/edit.ts';
export type { StepGroup } from './edit/group-steps.ts';
export { copySteps, freeName } from './edit/paste-steps.ts';
export * from './edit/merge-texts.ts';
export * from './edit/render-pipeline.ts';
export { renderText, renderValue } from './edit/render-value.ts';
export { entriesOf } from './entries-of.ts';
export * from './json-schema.ts';
export { MappedList } from './mapped-list.ts';
export * from './parse-logical-type.ts';
export type { ParsedDocument } from './parse-document.ts';
export * from './parse-pipeline.ts';
export * from './parse-project.ts';
export * from './parse-template.ts';
export { PipelineMemory } from './pipeline-memory.ts';
export { parseParameterValue, type ParsedParameterValue } from './parameters/parameter-value.ts';
export type { GivenParameters, GivenValue, ResolvedParameter } from './parameters/resolve-parameters.ts';
export type { AppliedParameters } from './parameters/apply-parameters.ts';
export { checkSchema } from './schema/check-schema.ts';
