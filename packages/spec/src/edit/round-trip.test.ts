import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hasErrors } from '../diagnostic/diagnostic.ts';
import type { DocumentPath } from '../diagnostic/source-range.ts';
import { CHECKS } from '../document/check-list.ts';
import type { PipelineDocument } from '../document/pipeline-document.ts';
import { VERBS } from '../document/step.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import { arbitraryPipeline } from '../testing/arbitrary-pipeline.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { applyEdit } from './apply-edit.ts';
import type { DocumentValue, Edit } from './edit.ts';
import { renderPipeline } from './render-pipeline.ts';
import { renderText } from './render-value.ts';

const SEED = 20261121;

/** A comment above each third line and behind each fourth. */
function withComments(text: string): string {
  return text
    .split('\n')
    .map((line, index) => {
      if (line === '') return line;
      const indent = /^ */.exec(line)?.[0] ?? '';
      const above = index % 3 === 0 ? `${indent}# above ${index}\n` : '';
      return `${above}${line}${index % 4 === 0 ? ` # behind ${index}` : ''}`;
    })
    .join('\n');
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function parsed(text: string): PipelineDocument {
  const { document, diagnostics } = parsePipeline(text, 'x.yaml');
  expect(
    diagnostics.filter((each) => hasErrors([each])),
    text,
  ).toEqual([]);
  if (document === undefined) throw new Error(text);
  return document;
}

describe('a document of the whole language', { timeout: 300_000 }, () => {
  it('is written and read again as it was, 1,000 times, with comments between its lines', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(arbitraryPipeline, (document) => {
        const text = renderPipeline(document);
        const again = parsed(withComments(text));
        expect(plain(again)).toEqual(plain(document));
        // Byte for byte, with keys in their order.
        expect(renderPipeline(again)).toBe(text);
        for (const step of Object.values(document.steps)) {
          for (const key of Object.keys(step)) seen.add(key);
          for (const check of 'checks' in step ? (step.checks ?? []) : [])
            for (const key of Object.keys(check)) seen.add(key);
        }
      }),
      { numRuns: 1000, seed: SEED, endOnFailure: true },
    );
    const names = [...VERBS, ...CHECKS].map(({ name }) => name);
    expect(names.filter((name) => !seen.has(name))).toEqual([]);
  });

  it('is as it was after an edit and its inverse, comments included', () => {
    let applied = 0;
    let refused = 0;
    fc.assert(
      fc.property(arbitraryPipeline, fc.nat(), fc.nat(), (document, kind, place) => {
        const text = withComments(renderPipeline(document));
        const change = changeOf(text, document, kind, place);
        if (change === undefined) return;
        const there = applyEdit(text, change.edit);
        if (!there.isApplied) {
          refused += 1;
          return;
        }
        const back = change.inverse.reduce((current, edit) => {
          const result = applyEdit(current, edit);
          if (!result.isApplied) throw new Error(`${JSON.stringify(edit)}: ${result.reason}\n${current}`);
          return result.text;
        }, there.text);
        applied += 1;
        expect(readYaml(back, 'x').value).toEqual(readYaml(text, 'x').value);
        if (change.isExact) expect(back).toBe(text);
        else
          expect(commentsOf(back)).toEqual(
            commentsOf(text).filter((each) => commentsOf(there.text).includes(each)),
          );
      }),
      { numRuns: 1000, seed: SEED, endOnFailure: true },
    );
    expect(applied).toBeGreaterThan(900);
    expect(refused).toBeLessThan(20);
  });
});

function commentsOf(text: string): readonly string[] {
  return text.match(/# (?:above|behind) \d+$/gm) ?? [];
}

interface Change {
  readonly edit: Edit;
  readonly inverse: readonly Edit[];
  /** Byte for byte; else a value may be written in another style or stand at the end of its map. */
  readonly isExact: boolean;
}

/** An edit of a kind at some place of the document, and what takes it back. */
function changeOf(text: string, document: PipelineDocument, kind: number, place: number): Change | undefined {
  const names = Object.keys(document.steps);
  const step = names[place % names.length] ?? '';
  const value = readYaml(text, 'x').value as DocumentValue;
  const all = pathsOf(value).filter((path) => path.length > 1);
  const path = all[place % all.length] ?? [];
  const before = valueAt(value, path);
  const source = { source: { connection: 'shop', table: 'added' } };
  switch (kind % 10) {
    case 0:
      return {
        edit: { kind: 'addStep', name: 'added0123456', step: source },
        inverse: [{ kind: 'removeStep', name: 'added0123456' }],
        isExact: true,
      };
    case 1:
      return {
        edit: { kind: 'renameStep', from: step, to: 'renamed0123456' },
        inverse: [{ kind: 'renameStep', from: 'renamed0123456', to: step }],
        isExact: true,
      };
    case 2:
      return {
        edit: { kind: 'setField', path, value: ['another', { value: 1 }] },
        inverse: [{ kind: 'setField', path, value: before }],
        isExact: false,
      };
    case 3:
      return {
        edit: { kind: 'setField', path: ['steps', step, 'added'], value: { a: [1, 'two'] } },
        inverse: [{ kind: 'removeField', path: ['steps', step, 'added'] }],
        isExact: true,
      };
    case 4:
      return {
        edit: { kind: 'renameField', path: ['steps', step, verbOf(document, step)], to: 'renamed0123456' },
        inverse: [
          { kind: 'renameField', path: ['steps', step, 'renamed0123456'], to: verbOf(document, step) },
        ],
        isExact: true,
      };
    case 5:
      return {
        edit: { kind: 'moveStep', name: 'origin', at: [7, 8] },
        inverse: [undoMove(document)],
        isExact: document.layout?.['origin'] === undefined,
      };
    case 6: {
      const at = all.filter((each) => typeof each.at(-1) === 'string' && each.length > 2);
      const field = at[place % at.length];
      return (
        field && {
          edit: { kind: 'removeField', path: field },
          inverse: [{ kind: 'setField', path: field, value: valueAt(value, field) }],
          isExact: false,
        }
      );
    }
    case 7:
      return {
        edit: { kind: 'groupSteps', name: 'added: 0123456', steps: [step] },
        inverse: groupAgain(document, step),
        // A group that the step was in is written anew where its last step left it.
        isExact: groupsOfStep(document, step).length === 0,
      };
    case 8: {
      const [group] = Object.keys(document.groups ?? {});
      return group === undefined
        ? undefined
        : {
            edit: { kind: 'renameGroup', from: group, to: 'renamed: 0123456' },
            inverse: [{ kind: 'renameGroup', from: 'renamed: 0123456', to: group }],
            isExact: true,
          };
    }
    default:
      return {
        edit: { kind: 'connect', from: step, to: 'publish' },
        inverse: [{ kind: 'connect', from: 'origin', to: 'publish' }],
        // A name that needs quotes leaves them behind.
        isExact: renderText(step) === step,
      };
  }
}

function groupsOfStep({ groups = {} }: PipelineDocument, step: string): readonly string[] {
  return Object.keys(groups).filter((name) => groups[name]?.includes(step) === true);
}

/** The new group goes, and those that the step left are as they were. */
function groupAgain(document: PipelineDocument, step: string): readonly Edit[] {
  const back = groupsOfStep(document, step).map((name) => ({
    kind: 'setField' as const,
    path: ['groups', name],
    value: document.groups?.[name] ?? [],
  }));
  return document.groups === undefined
    ? [{ kind: 'removeField', path: ['groups'] }]
    : [{ kind: 'removeField', path: ['groups', 'added: 0123456'] }, ...back];
}

function undoMove({ layout }: PipelineDocument): Edit {
  const at = layout?.['origin'];
  if (at !== undefined) return { kind: 'moveStep', name: 'origin', at };
  return { kind: 'removeField', path: layout === undefined ? ['layout'] : ['layout', 'origin'] };
}

function verbOf(document: PipelineDocument, step: string): string {
  const keys = Object.keys(document.steps[step] ?? {});
  return VERBS.find(({ name }) => keys.includes(name))?.name ?? '';
}

function pathsOf(value: DocumentValue): readonly DocumentPath[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const entries: readonly (readonly [string | number, DocumentValue])[] = Array.isArray(value)
    ? value.map((item: DocumentValue, index: number) => [index, item] as const)
    : Object.entries(value);
  return [[], ...entries.flatMap(([key, item]) => pathsOf(item).map((path) => [key, ...path]))];
}

function valueAt(value: DocumentValue, path: DocumentPath): DocumentValue {
  return path.reduce<unknown>((at, part) => Reflect.get(Object(at), part), value) as DocumentValue;
}
