import type { SqlProblem } from '@millrace/compiler';

import { isNode, nodeAt, nodesAt, textAt, type TreeNode, type TreeValue } from './parse-tree.ts';
import type { SqlText } from './sql-text.ts';

/** Reads DuckDB's answer to one text: the tree of the one SELECT that it is, or why it is none. */
export function readStatement(json: string, text: SqlText): TreeNode | SqlProblem {
  const answer: TreeValue = JSON.parse(json);
  if (!isNode(answer)) return text.problem('other', 'DuckDB gave no parse tree.');
  if (answer['error'] === true) return readError(answer, text);
  const [statement, second] = nodesAt(answer, 'statements');
  if (statement === undefined) return text.problem('syntax', 'there is no SQL in it');
  if (second !== undefined) return text.problem('forbidden', 'it is several statements');
  return nodeAt(statement, 'node') ?? text.problem('other', 'DuckDB gave no parse tree');
}

/** DuckDB makes several statements of it: the values are read first. */
const UNLISTED_PIVOT = 'it is not one SELECT; a PIVOT must list its values with IN (…)';

function readError(error: TreeNode, text: SqlText): SqlProblem {
  const message = textAt(error, 'error_message');
  if (textAt(error, 'error_type') === 'not implemented') {
    return message.startsWith('Only SELECT')
      ? text.problem('forbidden', /\bPIVOT\b/iu.test(text.text) ? UNLISTED_PIVOT : 'it is not one SELECT')
      : text.problem('other', plainReason(message));
  }
  const position = Number(textAt(error, 'position') || Number.NaN);
  const near = /at or near "(.*)"$/su.exec(message)?.[1];
  return text.problem('syntax', plainReason(message), {
    position: Number.isNaN(position) ? undefined : position,
    length: near?.length ?? 0,
    ...(near === undefined ? {} : { name: near }),
  });
}

/** DuckDB's reason in one line, without advice that only its own users can follow. */
export function plainReason(message: string): string {
  if (message.startsWith('Max expression depth'))
    return 'it is nested too deeply, or joins too many parts in one chain';
  if (message.startsWith('memory exhausted')) return 'it is nested too deeply';
  const [first = message] = message.split(/\n|(?:\. )?(?:You might need|Did you mean|Candidate )/u);
  return first.trim().replace(/[.!]+$/u, '');
}
