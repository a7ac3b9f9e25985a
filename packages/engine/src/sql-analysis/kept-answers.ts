import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { version } from '@duckdb/node-api';

/** Where answers of the analyser are kept between processes, and the program that gave them. */
export interface KeptAnswers {
  readonly file: string;
  /** Names the program's code: another one may answer otherwise. */
  readonly program: string;
}

/** The text that the same program, with the same DuckDB, kept last; undefined when there is none. */
export async function recallAnswers({ file, program }: KeptAnswers): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const head = headOf(program);
  return text.startsWith(head) ? text.slice(head.length) : undefined;
}

/** Keeps a text in place of the last one. What cannot be kept is asked again, so nothing is said of failures. */
export async function keepAnswers({ file, program }: KeptAnswers, answers: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, headOf(program) + answers);
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

function headOf(program: string): string {
  return `${program} ${version()}\n`;
}
