import type { SqlProblem, SqlRelation } from '@millrace/compiler';
import { nearestNames } from '@millrace/spec';

import type { FunctionCatalogue } from './function-catalogue.ts';
import { callable } from './inspect-tree.ts';
import { isExpression, positionOf, textsAt, walk, type TreeNode } from './parse-tree.ts';
import { plainReason } from './parse-statement.ts';
import type { SqlText } from './sql-text.ts';

/** The fields of DuckDB's errors with `errors_as_json`. */
interface DuckdbError {
  readonly exception_type?: string;
  readonly exception_message?: string;
  readonly error_subtype?: string;
  readonly position?: string;
  readonly name?: string;
  readonly type?: string;
  readonly call?: string;
  readonly candidates?: string;
}

export interface DescribeContext {
  readonly tree: TreeNode;
  /** The text behind what was put before it. */
  readonly text: SqlText;
  readonly relations: readonly SqlRelation[];
  readonly catalogue: FunctionCatalogue;
}

/** Names of one candidate list in a message. */
const MAX_CANDIDATES = 4;

/** What DuckDB says against a statement that parsed, in the words of a problem. */
export function describeProblem(thrown: unknown, context: DescribeContext): SqlProblem {
  const error = readDuckdbError(thrown);
  const { text } = context;
  const message = error.exception_message ?? '';
  const position = error.position === undefined ? undefined : Number(error.position);
  const reference = referenceAt(context, position);
  if (error.error_subtype === 'COLUMN_NOT_FOUND' || / does not have a column named /u.test(message)) {
    const name = reference?.at(-1) ?? error.name ?? '';
    const table = reference !== undefined && reference.length > 1 ? reference[0] : undefined;
    const nearest = nearestNames(name, columnsOf(context.relations, table));
    return text.problem('column', `there is no column ${name}`, { position, part: -1, name, nearest });
  }
  if (message.startsWith('Referenced table ')) {
    const name = reference?.[0] ?? '';
    const nearest = nearestNames(
      name,
      context.relations.map((relation) => relation.name),
    );
    return text.problem('table', `there is no input ${name}`, { position, name, nearest });
  }
  if (error.error_subtype === 'MISSING_ENTRY') return missingEntry(error, position, context);
  if (error.error_subtype === 'NO_MATCHING_FUNCTION') {
    return text.problem('type', wrongArguments(error), {
      position,
      part: -1,
      length: error.name?.length ?? 0,
      name: error.name ?? '',
    });
  }
  const at = { position, part: -1 };
  switch (error.exception_type) {
    case 'Permission':
      return text.problem('forbidden', plainReason(message), at);
    case 'Conversion':
    case 'Mismatch Type':
    case 'Invalid type':
    case 'Out of Range':
      return text.problem('type', plainReason(message), at);
    case 'Binder':
      return text.problem(isAboutTypes(message) ? 'type' : 'other', plainReason(message), at);
    case 'Parser':
      return text.problem('syntax', plainReason(message), at);
    default:
      return text.problem('other', plainReason(message), at);
  }
}

export function readDuckdbError(thrown: unknown): DuckdbError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const start = message.indexOf('{"');
  if (start === -1) return { exception_message: message };
  try {
    const error: DuckdbError = JSON.parse(message.slice(start));
    return error;
  } catch {
    return { exception_message: message };
  }
}

function missingEntry(
  error: DuckdbError,
  position: number | undefined,
  context: DescribeContext,
): SqlProblem {
  const name = error.name ?? '';
  const { text, catalogue } = context;
  if (error.type?.endsWith('Function') === true) {
    if (catalogue.has(name.toLowerCase())) {
      const reason = `${name} cannot be called like this; a window function needs OVER, and a table function stands in FROM`;
      return text.problem('other', reason, { position, part: -1, name });
    }
    const nearest = nearestNames(name, callable(catalogue));
    return text.problem('function', `there is no function ${name}`, { position, part: -1, name, nearest });
  }
  if (error.type === 'Table' || error.type === 'View') {
    const nearest = nearestNames(
      name,
      context.relations.map((relation) => relation.name),
    );
    return text.problem('table', `there is no input ${name}`, { position, name, nearest });
  }
  const thing = (error.type ?? 'entry').toLowerCase();
  const nearest = nearestNames(name, error.candidates?.split(',') ?? []);
  return text.problem(thing === 'type' ? 'type' : 'other', `there is no ${thing} ${name}`, {
    position,
    part: -1,
    name,
    nearest,
  });
}

/** `upper takes (VARCHAR), not (BIGINT)`. */
function wrongArguments(error: DuckdbError): string {
  const name = error.name ?? '';
  const call = (error.call ?? name)
    .replaceAll('INTEGER_LITERAL', 'INTEGER')
    .replaceAll('STRING_LITERAL', 'VARCHAR');
  const given = call.startsWith(name) ? call.slice(name.length) : call;
  const candidates = [...(error.candidates ?? '').matchAll(/(\([^()]*(?:\([^()]*\)[^()]*)*\)) ->/gu)].map(
    (match) => match[1] ?? '',
  );
  if (candidates.length === 0 || candidates.length > MAX_CANDIDATES) return `${name} does not take ${given}`;
  return `${name} takes ${candidates.join(' or ')}, not ${given}`;
}

function isAboutTypes(message: string): boolean {
  return /\b(?:types?|cast|comparison|compare)\b/iu.test(message);
}

/** The parts of the column name at a position. */
function referenceAt(
  { tree, text }: DescribeContext,
  position: number | undefined,
): readonly string[] | undefined {
  const wanted = text.positionIn(position);
  if (wanted === undefined) return undefined;
  let found: readonly string[] | undefined;
  walk(tree, (node) => {
    if (isExpression(node, 'COLUMN_REF') && positionOf(node) === wanted)
      found ??= textsAt(node, 'column_names');
    return found === undefined;
  });
  return found;
}

/** The columns of the input a qualified name means; of all inputs when its alias is none of them. */
function columnsOf(relations: readonly SqlRelation[], table: string | undefined): readonly string[] {
  const own = relations.filter(({ name }) => name.toLowerCase() === table?.toLowerCase());
  const names = (own.length > 0 ? own : relations).flatMap(({ fields }) => fields.map(({ name }) => name));
  return [...new Set(names)];
}
