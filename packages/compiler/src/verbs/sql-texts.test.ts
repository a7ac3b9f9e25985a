import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { createCodeAnalyser, openSqlAnalyser } from '@millrace/engine';
import { applyEdit, formatPath, parsePipeline, type DocumentPath } from '@millrace/spec';
import { afterAll, describe, expect, it } from 'vitest';

import type { SqlAnalyser } from '../sql/sql-analyser.ts';
import { MARK, runCase } from './testing/run-case.ts';

const FOLDER = import.meta.dirname;
const analyser = await openSqlAnalyser();
const code = await createCodeAnalyser();
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await analyser[Symbol.asyncDispose]();
});

/** Answers as the analyser does and keeps what it was asked about. */
function recording(asked: Set<string>): SqlAnalyser {
  return {
    parseExpression: (text) => {
      asked.add(text);
      return analyser.parseExpression(text);
    },
    parseQuery: (text, relations) => {
      asked.add(text);
      return analyser.parseQuery(text, relations);
    },
    describe: (request) => analyser.describe(request),
  };
}

function leaves(value: unknown, path: DocumentPath = []): readonly { path: DocumentPath; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => leaves(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

/** The text at a path, had it a parameter at its end. */
function withParameter(text: string, path: DocumentPath, value: string): string | undefined {
  const declared = applyEdit(text, {
    kind: 'setField',
    path: ['parameters'],
    value: { zq: { type: 'string', default: 'v' } },
  });
  if (!declared.isApplied) return undefined;
  const edited = applyEdit(declared.text, { kind: 'setField', path, value: `${value}\n\${param:zq}` });
  if (!edited.isApplied) return undefined;
  const { document } = parsePipeline(edited.text, 'case.yaml');
  return leaves(document).find((leaf) => formatPath(leaf.path) === formatPath(path))?.text;
}

const cases = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.case.yaml') && !file.includes('a-million-rows'))
  .toSorted();

describe('texts that verbs take as SQL', () => {
  it.each(cases)('take parameters as literals: %s', async (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const document = text.slice(0, text.indexOf(MARK));
    const asked = new Set<string>();
    await runCase(document, { sql: recording(asked), code }, connection);
    for (const { path, text: value } of leaves(parsePipeline(document, 'case.yaml').document?.steps, [
      'steps',
    ])) {
      // A plain name can be that of a column elsewhere.
      if (!asked.has(value) || /^\w*$/u.test(value)) continue;
      const taken = withParameter(document, path, value);
      if (taken !== undefined) expect(taken, formatPath(path)).toBe(`${value}\n('v')`);
    }
  });

  it.each([
    [{ expression: { condition: 'a > 0' } }, ['expression', 'condition']],
    [{ sql: { query: 'SELECT 1' } }, ['sql', 'query']],
    [{ sumEquals: { column: 'a', where: 'b', to: { step: 'o', column: 'a' } } }, ['sumEquals', 'where']],
    [
      { sumEquals: { column: 'a', to: { step: 'o', column: 'a', where: 'b' } } },
      ['sumEquals', 'to', 'where'],
    ],
  ])('are the same in checks: %j', (check, path) => {
    const text = JSON.stringify({
      version: 1,
      name: 'case',
      steps: {
        o: { source: { connection: 'c', table: 't' }, checks: [check] },
        d: { destination: { from: 'o', connection: 'w', table: 't' } },
      },
    });
    const at = ['steps', 'o', 'checks', 0, ...path];
    expect(withParameter(text, at, 'x')).toBe("x\n('v')");
  });
});
