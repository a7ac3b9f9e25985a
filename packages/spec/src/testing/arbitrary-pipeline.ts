import fc from 'fast-check';

import type { DocumentPath } from '../diagnostic/source-range.ts';
import { readableNames, stepCheckReferences } from '../document/check-references.ts';
import { pipelineSchema, type PipelineDocument } from '../document/pipeline-document.ts';
import { stepInputs, stepSchema, type Step } from '../document/step.ts';
import { arbitraryValue } from './arbitrary-value.ts';

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/);
const step = arbitraryValue(stepSchema).map((value) => stepSchema.parse(value));

/** Their values are checked against their types, which no schema says. */
const parameters = fc.constantFrom(
  {},
  { since: { type: 'date', default: '2026-01-01' } },
  { region: { type: 'string', accepted: ['EU', 'US'] }, days: { type: 'integer', default: 30 } },
);

/** A document of the whole language, in which every step reads from steps that stand before it. */
export const arbitraryPipeline: fc.Arbitrary<PipelineDocument> = fc
  .record({
    head: arbitraryValue(pipelineSchema.omit({ steps: true, parameters: true })),
    parameters: fc.option(parameters, { nil: undefined }),
    steps: fc.dictionary(name, step, { minKeys: 1, maxKeys: 3 }),
    choices: fc.infiniteStream(fc.nat()),
  })
  .map(({ head, parameters: declared, steps, choices }) => {
    const connected = new Map<string, Step>([
      ['origin', { source: { connection: 'shop', table: 'orders' } }],
    ]);
    const readable = ['origin'];
    for (const [key, value] of Object.entries(steps)) {
      const own = structuredClone(value);
      for (const { path } of [...stepInputs(own), ...stepCheckReferences(own)])
        setAt(own, path, readable[choices.next().value % readable.length]);
      connected.set(key, own);
      readable.push(...readableNames(key, own));
    }
    connected.set('publish', {
      destination: { from: 'origin', connection: 'warehouse', table: 'mart.orders' },
    });
    return pipelineSchema.parse({
      ...Object(head),
      parameters: declared,
      steps: Object.fromEntries(connected),
    });
  });

function setAt(root: object, path: DocumentPath, value: unknown): void {
  const parent = path.slice(0, -1).reduce<unknown>((at, part) => Reflect.get(Object(at), part), root);
  Reflect.set(Object(parent), path.at(-1) ?? '', value);
}
