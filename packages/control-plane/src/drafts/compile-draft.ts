import { compilePipeline, describeSources, type Plan, type Relation } from '@millrace/compiler';
import { formatLogicalType, hasErrors, parsePipeline, type Diagnostic } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { checkPipelineConnections } from '../project/check-pipeline-connections.ts';
import { draftMemory } from './draft-memory.ts';
import { openDraft, type DraftText } from './draft-scene.ts';

/** What can be told of a draft, however wrong it is. */
export interface CompiledDraft {
  /** Present when nothing is wrong and everything is known. */
  readonly plan: Plan | undefined;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** The rows of each step that could be made out, by what steps call it: `orders`, `routed.large`. */
  readonly schemas: Readonly<Record<string, DraftSchema>>;
  /** Steps whose source could not be asked, with the reason. */
  readonly unchecked: Readonly<Record<string, string>>;
}

export interface DraftSchema {
  readonly columns: readonly DraftColumn[];
  /** Columns that are unique together, when that is known; else empty. */
  readonly key: readonly string[];
}

export interface DraftColumn {
  readonly name: string;
  /** As `formatLogicalType` writes it. */
  readonly type: string;
  readonly nullable: boolean;
}

/** Compiles as much of a draft as is right; what is the same as in the last edit is not worked out again. */
export async function compileDraft(
  context: OperationContext,
  text: DraftText,
  signal: AbortSignal,
): Promise<CompiledDraft> {
  const memory = draftMemory(context.projectFolder, text.pipeline);
  return await memory.use(context.runner, async () => {
    const scene = await openDraft(context, memory, text, signal);
    const parsed = parsePipeline(text.text, scene.file, scene.given, memory.pipeline);
    const { part } = scene;
    if (part === undefined)
      return { plan: undefined, diagnostics: parsed.diagnostics, schemas: {}, unchecked: {} };
    const document = part.document;
    const input = { ...scene.surroundings, document };
    const ofConnections = checkPipelineConnections(document, part.locate, scene.connections);
    const compiled = await compilePipeline(input, memory.whole);
    const diagnostics = inOrder([...parsed.diagnostics, ...ofConnections, ...compiled.diagnostics]);
    const isWhole = !hasErrors(diagnostics) && scene.unchecked.size === 0;
    return {
      plan: isWhole ? compiled.plan : undefined,
      diagnostics,
      schemas: schemasOf([...describeSources(input), ...compiled.relations]),
      unchecked: Object.fromEntries(scene.unchecked),
    };
  });
}

/** Each once: the compiler finds some of what the parser found. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byPlace = new Map(
    diagnostics.map((each) => [JSON.stringify([each.code, each.path, each.range.start.offset]), each]),
  );
  return [...byPlace.values()].toSorted(
    ({ range: left }, { range: right }) => left.start.offset - right.start.offset,
  );
}

function schemasOf(
  relations: readonly (readonly [string, Relation])[],
): Readonly<Record<string, DraftSchema>> {
  return Object.fromEntries(
    relations
      .filter(([ref]) => !ref.includes('.~'))
      .map(([ref, { fields, key }]) => [
        ref,
        {
          columns: fields.map(({ name, type, nullable }) => ({
            name,
            type: formatLogicalType(type),
            nullable,
          })),
          key,
        },
      ]),
  );
}
