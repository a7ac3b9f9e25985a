import { diagnose, nearestNames, type DocumentPath, type SourceRange } from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import type { CodeProblem } from './code-analyser.ts';

/** The folder of a project whose files code steps name; part of what a plan calls them. */
const FOLDER = 'transforms/';
/** What stands in place of a file's name where the code is in the document. */
const INLINE = 'code.source';

/** Where the code of a step is: in a file of the project, or in the document. */
export interface CodeSettings {
  readonly file?: string | undefined;
  readonly source?: string | undefined;
}

/** The code of a step that was found to be runnable. */
export interface FoundCode {
  /** As messages of a run name it: the same wherever the project lies. */
  readonly file: string;
  readonly text: string;
}

/** The code of the step whose settings stand at `path`; undefined when something is wrong with it, which is reported. */
export async function findCode(
  { file, source }: CodeSettings,
  path: DocumentPath,
  compilation: Compilation,
): Promise<FoundCode | undefined> {
  if ((file === undefined) === (source === undefined)) {
    const reason =
      file === undefined ? 'is missing: say file or source' : 'cannot stand beside source; choose one';
    compilation.report('valueInvalid', { key: 'file', reason }, [...path, 'file']);
    return undefined;
  }
  const at = [...path, file === undefined ? 'source' : 'file'];
  const text = file === undefined ? source : findText(file, at, compilation);
  if (text === undefined) return undefined;
  const problem = await compilation.checkCode(text);
  if (problem === null) return { file: file === undefined ? INLINE : FOLDER + file, text };
  const { message: reason } = problem;
  if (file === undefined) {
    const from = offsetOf(problem, text);
    compilation.report(
      'codeWrong',
      { reason },
      at,
      [],
      from === undefined ? 'value' : { from, to: from + 1 },
    );
  } else {
    const range = rangeIn(text, problem, (compilation.codeFiles?.folder ?? FOLDER) + file);
    compilation.diagnostics.push(diagnose('codeWrong', { reason }, { path: at, range }));
  }
  return undefined;
}

function findText(file: string, path: DocumentPath, compilation: Compilation): string | undefined {
  const { texts, problems, known } = compilation.codeFiles ?? {
    texts: new Map<string, string>(),
    problems: new Map<string, string>(),
    known: [],
  };
  const text = texts.get(file);
  if (text !== undefined) return text;
  const reason = problems.get(file);
  if (reason !== undefined) {
    compilation.report('codeFileUnread', { file: FOLDER + file, reason }, path);
    return undefined;
  }
  const nearest = nearestNames(file, known);
  const fixes = nearest.map((value) => ({ kind: 'setField', path, value }) as const);
  compilation.report('codeFileMissing', { file, nearest, known }, path, fixes);
  return undefined;
}

/** Where a problem stands in the text, in UTF-16 code units; undefined when it is about all of it. */
function offsetOf({ line, column }: CodeProblem, text: string): number | undefined {
  if (line === null) return undefined;
  const before = text.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(start + (column ?? 1) - 1, Math.max(0, text.length - 1));
}

function rangeIn(text: string, problem: CodeProblem, file: string): SourceRange {
  const offset = offsetOf(problem, text) ?? 0;
  const line = problem.line ?? 1;
  const column = problem.line === null ? 1 : (problem.column ?? 1);
  const start = { line, column, offset };
  return { file, start, end: { line, column: column + 1, offset: offset + 1 } };
}
