import { checkGraph } from './document/check-graph.ts';
import { checkGroups } from './document/check-groups.ts';
import { pipelineSchema, type PipelineDocument } from './document/pipeline-document.ts';
import { entriesOf } from './entries-of.ts';
import type { GivenParameters } from './parameters/resolve-parameters.ts';
import { PipelineMemory } from './pipeline-memory.ts';
import { parseDocument, type ParsedDocument } from './parse-document.ts';

export type ParsedPipeline = ParsedDocument<PipelineDocument>;

/**
 * Reads a pipeline document, with values in place of its parameters; without `given` it is only looked at. Never throws:
 * whatever is wrong with the text, all of it, is in `diagnostics`. `fileName` appears in ranges only. Steps that `memory`
 * knows from the text before are the same objects.
 */
export function parsePipeline(
  text: string,
  fileName: string,
  given: GivenParameters = { isComplete: false },
  memory: PipelineMemory = new PipelineMemory(),
): ParsedPipeline {
  return parseDocument({ text, fileName, memory }, given, pipelineSchema, (document, locate) => [
    ...(memory.isGraphSound(entriesOf(document.steps)) ? [] : checkGraph(document, locate)),
    ...checkGroups(document, locate),
  ]);
}
