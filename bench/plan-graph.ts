import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';

import { CompileMemory, compilePipeline, type Plan } from '../packages/compiler/src/index.ts';
import { openSqlAnalyser } from '../packages/engine/src/sql-analysis/open-sql-analyser.ts';
import { parsePipeline, PipelineMemory } from '../packages/spec/src/index.ts';
import { GRAPH_CONNECTIONS, graphTables, type GraphSize } from './graph-document.ts';

/**
 * Plans a document, then plans it again after each of some edits. Arguments: the document, its steps and edges, the edits.
 * Prints how many seconds the first plan took, and the middle one of the others. What was made after the last edit is
 * compared with what is made without any memory.
 */
const [file = '', steps = '0', edges = '0', edits = '0'] = process.argv.slice(2);
const size: GraphSize = { steps: Number(steps), edges: Number(edges) };
const tables = { shop: graphTables(size) };
const text = readFileSync(file, 'utf8');

async function plan(
  document: string,
  { parsing, compiling, sql }: Memories,
): Promise<{ readonly plan: Plan; readonly seconds: number }> {
  const start = performance.now();
  const parsed = parsePipeline(document, file, { isComplete: true }, parsing);
  const compiled =
    parsed.document &&
    (await compilePipeline(
      { document: parsed.document, locate: parsed.locate, connections: GRAPH_CONNECTIONS, tables, sql },
      compiling,
    ));
  const seconds = (performance.now() - start) / 1000;
  if (compiled?.plan === undefined)
    throw new Error(JSON.stringify((compiled ?? parsed).diagnostics.slice(0, 3)));
  return { plan: compiled.plan, seconds };
}

interface Memories {
  readonly parsing: PipelineMemory;
  readonly compiling: CompileMemory;
  readonly sql: Awaited<ReturnType<typeof openSqlAnalyser>>;
}

async function withMemories<Result>(work: (memories: Memories) => Promise<Result>): Promise<Result> {
  await using sql = await openSqlAnalyser();
  return await work({ parsing: new PipelineMemory(), compiling: new CompileMemory(), sql });
}

const edited = { text, plan: undefined as Plan | undefined };
const times = await withMemories(async (memories) => {
  const first = await plan(text, memories);
  const inputs = first.plan.steps.reduce((count, step) => count + step.inputs.length, 0);
  const lines = text.split('\n');
  const numbered = lines.flatMap((line, index) => (/^ {6}where: amount > \d+/.test(line) ? [index] : []));
  const again: number[] = [];
  for (let edit = 0; edit < Number(edits); edit += 1) {
    const index = numbered[Math.floor(((edit + 0.5) * numbered.length) / Number(edits))] ?? 0;
    lines[index] = (lines[index] ?? '').replace(/\d+/, (number) => String(Number(number) + 1));
    edited.text = lines.join('\n');
    const next = await plan(edited.text, memories);
    edited.plan = next.plan;
    again.push(next.seconds);
  }
  again.sort((left, right) => left - right);
  return {
    first: first.seconds,
    again: again[again.length >> 1] ?? 0,
    longest: again.at(-1),
    steps: first.plan.steps.length,
    inputs,
  };
});
if (edited.plan !== undefined) {
  const fresh = await withMemories((memories) => plan(edited.text, memories));
  deepStrictEqual(edited.plan, fresh.plan);
}
console.log(JSON.stringify(times));
