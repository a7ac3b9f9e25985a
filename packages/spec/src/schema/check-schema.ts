import type { z } from 'zod';

import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestNames } from '../diagnostic/nearest-name.ts';
import { formatPath, type DocumentPath, type Locate } from '../diagnostic/source-range.ts';
import { findPatternProblem } from '../document/checks/find-pattern-problem.ts';
import { PATTERN_ISSUE } from '../document/checks/pattern.ts';
import { DURATION_ISSUE, SIZE_ISSUE } from '../document/schema-parts.ts';
import { allowedKeys, bestOption, childOf, unionOptions, valueAt } from './schema-at.ts';

interface Checked<Value> {
  readonly value: Value | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks plain data against a schema; every problem becomes a diagnostic at its place. */
export function checkSchema<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  locate: Locate,
): Checked<z.output<Schema>> {
  const result = schema.safeParse(data);
  if (result.success) return { value: result.data, diagnostics: [] };
  const context: Context = { schema, data, locate, diagnostics: [], renamed: new Set() };
  // Unknown keys first: a misspelt key explains the missing one.
  const issues = flatten(result.error.issues, [], context);
  for (const issue of issues) if (issue.code === 'unrecognized_keys') reportUnknownKeys(issue, context);
  for (const issue of issues) if (issue.code !== 'unrecognized_keys') reportIssue(issue, context);
  return { value: undefined, diagnostics: context.diagnostics };
}

type Issue = z.core.$ZodIssue;

interface Context {
  readonly schema: unknown;
  readonly data: unknown;
  readonly locate: Locate;
  readonly diagnostics: Diagnostic[];
  /** Paths of missing keys that a misspelt neighbour stands for. */
  readonly renamed: Set<string>;
}

/** Issues with whole paths, and those of a union's most likely alternative instead of the union's own. */
function flatten(issues: readonly Issue[], prefix: DocumentPath, context: Context): readonly Issue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    const whole: Issue = { ...issue, path };
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [whole];
    const value = valueAt(context.data, path);
    if (typeof value === 'object' && value !== null) {
      const chosen = issue.errors[bestOption(unionOptions(context.schema, context.data, path), value)];
      return flatten(chosen ?? [], path, context);
    }
    const fitting = issue.errors.find((errors) => errors.every((error) => error.code !== 'invalid_type'));
    return fitting ? flatten(fitting, path, context) : [whole];
  });
}

function reportUnknownKeys(issue: Extract<Issue, { code: 'unrecognized_keys' }>, context: Context): void {
  const within = toPath(issue);
  const allowed = allowedKeys(context.schema, context.data, within);
  const present = valueAt(context.data, within);
  for (const key of issue.keys) {
    const free = allowed.filter((name) => childOf(present, name) === undefined);
    const nearest = nearestNames(key, free);
    const path = [...within, key];
    const [first] = nearest;
    if (first !== undefined) context.renamed.add(formatPath([...within, first]));
    context.diagnostics.push(
      diagnose(
        'keyUnknown',
        { key, nearest, allowed: free },
        {
          path,
          range: context.locate(path, 'key'),
          fixes: [
            ...nearest.map((to) => ({ kind: 'renameField', path, to }) as const),
            { kind: 'removeField', path },
          ],
        },
      ),
    );
  }
}

function reportIssue(issue: Issue, context: Context): void {
  const path = toPath(issue);
  const key = formatPath(path);
  const value = valueAt(context.data, path);
  const place = { path, range: context.locate(path) };
  const { diagnostics } = context;
  if (value === undefined && path.length > 0 && issue.code !== 'invalid_key') {
    if (context.renamed.has(formatPath(path))) return;
    const parent = path.slice(0, -1);
    const within = parent.length === 0 ? 'the document' : formatPath(parent);
    const range = context.locate(parent, parent.length === 0 ? 'value' : 'key');
    const start = parent.length === 0 ? { ...range, end: range.start } : range;
    diagnostics.push(diagnose('keyMissing', { key: String(path.at(-1)), within }, { path, range: start }));
    return;
  }
  switch (issue.code) {
    case 'invalid_type':
      diagnostics.push(
        diagnose('typeWrong', { key, expected: typeName(issue.expected), actual: describe(value) }, place),
      );
      return;
    case 'invalid_union': {
      if (issue.discriminator !== undefined && 'options' in issue)
        reportChoice(path, value, issue.options ?? [], context);
      else
        diagnostics.push(
          diagnose('typeWrong', { key, expected: unionName(issue), actual: describe(value) }, place),
        );
      return;
    }
    case 'invalid_value':
      reportChoice(path, value, issue.values, context);
      return;
    case 'too_small':
      diagnostics.push(diagnose('valueInvalid', { key, reason: tooSmall(issue) }, place));
      return;
    case 'too_big':
      diagnostics.push(diagnose('valueInvalid', { key, reason: `must be at most ${issue.maximum}` }, place));
      return;
    case 'custom':
      if (issue.message === DURATION_ISSUE)
        diagnostics.push(diagnose('durationInvalid', { key, text: String(value) }, place));
      else if (issue.message === SIZE_ISSUE)
        diagnostics.push(diagnose('sizeInvalid', { key, text: String(value) }, place));
      else if (issue.message === PATTERN_ISSUE)
        diagnostics.push(patternProblem(path, String(value), context.locate));
      else diagnostics.push(diagnose('valueInvalid', { key, reason: issue.message }, place));
      return;
    default:
      diagnostics.push(diagnose('valueInvalid', { key, reason: `is not valid (${issue.message})` }, place));
  }
}

function patternProblem(path: DocumentPath, pattern: string, locate: Locate): Diagnostic {
  const { offset, reason } = findPatternProblem(pattern) ?? { offset: 0, reason: 'it cannot be read' };
  return diagnose(
    'patternInvalid',
    { key: formatPath(path), pattern, position: offset + 1, reason },
    { path, range: locate(path, { from: offset, to: offset + 1 }) },
  );
}

function reportChoice(
  path: DocumentPath,
  value: unknown,
  values: readonly unknown[],
  context: Context,
): void {
  const place = { path, range: context.locate(path) };
  if (path.length === 1 && path[0] === 'version') {
    context.diagnostics.push(
      diagnose('versionUnsupported', { version: describe(value), supported: values.join(', ') }, place),
    );
    return;
  }
  const allowed = values.map(String);
  const nearest = typeof value === 'string' ? nearestNames(value, allowed) : [];
  context.diagnostics.push(
    diagnose(
      'valueWrong',
      { key: formatPath(path), value: describe(value), allowed, nearest },
      {
        ...place,
        fixes: nearest.map((name) => ({ kind: 'setField', path, value: name })),
      },
    ),
  );
}

function toPath(issue: Issue): DocumentPath {
  return issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
}

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>): string {
  if (issue.origin === 'string') return 'must not be empty';
  if (issue.origin === 'array')
    return `needs at least ${issue.minimum} ${issue.minimum === 1 ? 'item' : 'items'}`;
  return `must be at least ${issue.minimum}`;
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['int', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['tuple', 'a list of two numbers'],
  ['object', 'a map'],
  ['record', 'a map'],
]);

function typeName(expected: string): string {
  return TYPE_NAMES.get(expected) ?? expected;
}

function unionName(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const names = issue.errors.flatMap((errors) => {
    const [first] = errors;
    return first?.code === 'invalid_type' ? [typeName(first.expected)] : [];
  });
  return [...new Set(names)].join(' or ') || 'something else';
}

/** The value in a message: its text when short, else its kind. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 60 ? `'${text}'` : `'${text.slice(0, 57)}…'`;
}
