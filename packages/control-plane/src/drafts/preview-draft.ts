import { join } from 'node:path';

import { compilePipeline, hiddenColumns, type Plan } from '@millrace/compiler';
import type { PreviewedRelation, StepPreview } from '@millrace/engine';
import { parseStepReference, readDraft, type Draft, type PipelineDocument } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { useConnections } from '../project/connect.ts';
import { connectionsOf } from '../project/prepare-plan.ts';
import { MAX_AGE_MS } from '../project/prepare-preview.ts';
import { throwIfWrong } from '../project/project.ts';
import { resolveMaskKeys } from '../project/resolve-mask-keys.ts';
import { toRunRequest } from '../runs/execute-run.ts';
import { newRunId } from '../runs/run-id.ts';
import { runLimits } from '../runs/run-limits.ts';
import { STATE_FOLDER } from '../state-folder.ts';
import { draftMemory, type DraftMemory } from './draft-memory.ts';
import { openDraft, type DraftScene, type DraftText } from './draft-scene.ts';
import { narrowDocument } from './narrow-document.ts';

export interface DraftPreviewRequest extends DraftText {
  readonly step: string;
  readonly maxRows: number;
  /** Read new samples of the sources. */
  readonly isNewSample: boolean;
}

/** Rows of a step of a draft; without them, the reason and what to do. */
export type DraftPreview =
  | { readonly preview: StepPreview; readonly reason: null }
  | { readonly preview: null; readonly reason: string };

/** Computes a step of a draft over samples, whatever is wrong elsewhere in it. */
export async function previewDraft(
  context: OperationContext,
  request: DraftPreviewRequest,
  signal: AbortSignal,
): Promise<DraftPreview> {
  const memory = draftMemory(context.projectFolder, request.pipeline);
  const prepared = await memory.use(context.runner, () => prepare(context, memory, request, signal));
  if ('reason' in prepared) return { preview: null, reason: prepared.reason };
  const { plan, step, hidden } = prepared;
  const project = await context.project();
  const connections = await useConnections(context, connectionsOf(prepared.document));
  const masks = await resolveMaskKeys(plan, prepared.locate, context);
  throwIfWrong(masks.diagnostics, [{ file: prepared.file, text: request.text }]);
  const { folders, limits } = toRunRequest(context, 0, {
    runId: `preview-${newRunId(new Date())}`,
    attempt: 1,
    plan,
    options: { isFullRefresh: false, isVerified: false, tables: [] },
    connections: {},
    limits: runLimits(project.document, await context.environmentName()),
  });
  const preview = await context.runner().call(
    'previewStep',
    {
      plan,
      step,
      maxRows: request.maxRows,
      connections: Object.fromEntries([...connections].map(([name, { resolved }]) => [name, resolved])),
      maskKeys: masks.keys,
      folders,
      limits,
      sampleFolder: join(context.projectFolder, STATE_FOLDER, 'samples'),
      maxAgeMs: request.isNewSample ? 0 : MAX_AGE_MS,
      hidden,
    },
    signal,
  );
  return { preview: asAsked(preview, request.step, prepared.shows), reason: null };
}

interface PreparedDraft {
  readonly file: string;
  readonly document: PipelineDocument;
  readonly locate: DraftScene['surroundings']['locate'] & {};
  readonly plan: Plan;
  /** The step to compute: for one that writes, that which it reads. */
  readonly step: string;
  /** Of the outputs of that step, the one that is asked for. */
  readonly shows: string | undefined;
  readonly hidden: Readonly<Record<string, readonly string[]>>;
}

async function prepare(
  context: OperationContext,
  memory: DraftMemory,
  request: DraftPreviewRequest,
  signal: AbortSignal,
): Promise<PreparedDraft | { readonly reason: string }> {
  const scene = await openDraft(context, memory, request, signal);
  const draft = readDraft(request.text, scene.file, scene.given, memory.pipeline);
  const { part } = scene;
  const written = part?.document.steps[request.step];
  if (part === undefined || written === undefined) return { reason: explain(draft, scene, request.step) };
  if ('replicate' in written)
    return {
      reason: `'${request.step}' copies whole tables. To see rows of one, read it with a source step.`,
    };
  const from = 'destination' in written ? written.destination.from : undefined;
  const step = from === undefined ? request.step : parseStepReference(from).step;
  const masks = Object.entries(part.document.steps).flatMap(([name, each]) => ('mask' in each ? [name] : []));
  const withMasks = narrowDocument(part.document, [step, ...masks]);
  const compile = async (document: PipelineDocument) =>
    await compilePipeline({ ...scene.surroundings, document }, memory.step);
  let document = withMasks;
  let compiled = await compile(document);
  if (compiled.plan === undefined) {
    document = narrowDocument(part.document, [step]);
    compiled = await compile(document);
  }
  const { plan, diagnostics } = compiled;
  if (plan === undefined)
    return { reason: diagnostics.find(({ severity }) => severity === 'error')?.message ?? MEND };
  return {
    file: scene.file,
    document,
    locate: compiled.locate,
    plan,
    step,
    shows: from,
    hidden: hiddenIn(plan, draft),
  };
}

/** What masks of the plan hide, and by its name alone what a mask names that could not be compiled. */
function hiddenIn(plan: Plan, draft: Draft): Readonly<Record<string, readonly string[]>> {
  const hidden = new Map([...hiddenColumns(plan)].map(([ref, columns]) => [ref, new Set(columns)]));
  const compiled = new Set(plan.steps.map(({ step }) => step));
  const names = draft.steps
    .filter(({ name, verb }) => verb === 'mask' && !compiled.has(name))
    .flatMap(({ settings }) => Object.keys(settings['columns'] ?? {}));
  const hide = (ref: string, columns: readonly { readonly field: { readonly name: string } }[]): void => {
    const found = columns.map(({ field }) => field.name).filter((name) => names.includes(name));
    if (found.length > 0) hidden.set(ref, new Set([...(hidden.get(ref) ?? []), ...found]));
  };
  for (const { ref, columns } of plan.steps) hide(ref, columns);
  for (const { destination, columns } of plan.tasks) hide(destination.table.name, columns);
  return Object.fromEntries([...hidden].map(([ref, columns]) => [ref, [...columns]]));
}

const MEND = 'Mend what is marked in the step, and its rows appear.';

/** Why a step has no rows: what is wrong with it, or with the nearest step that it comes from. */
function explain(draft: Draft, { unchecked }: DraftScene, step: string): string {
  if (!draft.isReadable) return 'The text is no YAML at the moment. Mend it, and rows appear.';
  const seen = new Set([step]);
  for (const name of seen) {
    const of = draft.steps.find((candidate) => candidate.name === name);
    const reason = unchecked.get(name);
    if (reason !== undefined) return reason;
    const wrong = draft.diagnostics.find(
      ({ severity, path }) => severity === 'error' && path[0] === 'steps' && path[1] === name,
    );
    if (wrong !== undefined) return wrong.message;
    for (const input of of?.inputs ?? []) seen.add(input.step);
  }
  return draft.steps.some(({ name }) => name === step) ? MEND : `There is no step '${step}'.`;
}

/** For a step that writes, what it reads is both sides. */
function asAsked(preview: StepPreview, step: string, shows: string | undefined): StepPreview {
  if (shows === undefined) return preview;
  const read = preview.outputs.filter(({ name }: PreviewedRelation) => name === shows);
  const shown = read.length > 0 ? read : preview.outputs;
  return { ...preview, step, inputs: shown, outputs: shown };
}
