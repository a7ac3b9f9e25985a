import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { DECIDED_FIELDS, isDecided, NO_DECISIONS } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import { parseStepReference } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

import { toFolderName } from '../package/package-store.ts';
import { syncFolder } from '../stage/manifest.ts';
import { toStagingError } from '../stage/staging-error.ts';
import type { Dataset, DatasetAmount, DatasetChanges } from '../steps/dataset.ts';

/** What a person decided about one row that was set aside. It holds while row and check stay as they are. */
export interface Decision {
  /** `release`: it passes the checks that it failed. `discard`: it is dropped. `restore`: as if nothing had been decided. The latest about a row counts. */
  readonly decision: 'release' | 'discard' | 'restore';
  /** The step whose check, or the task whose load, set it aside. */
  readonly step: string;
  /** By which the row is recognised. */
  readonly row: string;
  /** The checks that it is released from, as decisions name them. */
  readonly checks: readonly string[];
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly by: string;
  readonly note: string | null;
}

/** A decision with its place in the log, from 1. */
export type LoggedDecision = Decision & { readonly sequence: number };

/**
 * What people decided about rows of one pipeline that were set aside: lines of JSON that are only ever added to, in a
 * file of their own, because no run can make them again.
 */
export class DecisionLog {
  readonly path: string;

  constructor(quarantineFolder: string, pipeline: string) {
    this.path = join(quarantineFolder, toFolderName(pipeline), 'decisions.jsonl');
  }

  async read(): Promise<readonly LoggedDecision[]> {
    return (await this.#lines()).map(({ decision }) => decision);
  }

  /** Adds decisions, all or none; durable when it resolves. */
  async add(decisions: readonly Decision[]): Promise<void> {
    if (decisions.length === 0) return;
    const known = await this.#lines();
    const added = decisions.map((decision, index) =>
      JSON.stringify({ sequence: known.length + index + 1, ...decision }),
    );
    const text = [...known.map(({ line }) => line), ...added].map((line) => `${line}\n`).join('');
    const temporary = `${this.path}.partial`;
    try {
      await mkdir(dirname(this.path), { recursive: true });
      const handle = await open(temporary, 'w');
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.path);
      await syncFolder(dirname(this.path));
    } catch (error) {
      throw toStagingError(error);
    }
  }

  /** What was decided about the rows of a step, as a relation that its checks read. */
  async dataset(ref: string): Promise<Dataset> {
    if (!isDecided(ref)) throw new RangeError(`${ref} is no relation of decisions.`);
    const { step } = parseStepReference(ref);
    const lines = (await this.#lines()).filter(({ decision }) => decision.step === step);
    return new DecidedRows(ref, this.path, lines);
  }

  async #lines(): Promise<readonly LogLine[]> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw toStagingError(error);
    }
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => {
        const decision = parseDecision(line);
        if (decision?.sequence !== index + 1) throw this.#damaged(index + 1);
        return { line, decision };
      });
  }

  #damaged(line: number): PipelineError {
    return new PipelineError({
      code: 'manifestInvalid',
      blame: 'platform',
      retry: 'never',
      message: `Line ${line} of ${this.path} does not say what was decided about a row. Put a copy of the file back; without the file, every row is set aside again.`,
    });
  }
}

/** The latest decision about each row, in the order in which they were made. */
export function standingDecisions(decisions: readonly LoggedDecision[]): readonly LoggedDecision[] {
  const latest = new Map(decisions.map((each) => [JSON.stringify([each.step, each.row]), each]));
  return decisions.filter((each) => latest.get(JSON.stringify([each.step, each.row])) === each);
}

/** The version of decisions that are none. */
export const NONE_DECIDED = '0';

interface LogLine {
  readonly line: string;
  readonly decision: LoggedDecision;
}

/** The decisions about one step; a version names so many of them, from the first on. */
class DecidedRows implements Dataset {
  readonly ref: string;
  readonly version: string;
  readonly fields = DECIDED_FIELDS;
  readonly #path: string;
  readonly #lines: readonly LogLine[];

  constructor(ref: string, path: string, lines: readonly LogLine[]) {
    this.ref = ref;
    this.#path = path;
    this.#lines = lines;
    this.version = this.#versionOf(lines.length);
  }

  filteredSql(): undefined {
    return undefined;
  }

  stateSql(version = this.version): string | undefined {
    const count = Number(version.split(':')[0]);
    // The file is not the one that the version was taken of.
    if (!(count <= this.#lines.length) || this.#versionOf(count) !== version) return undefined;
    const last = this.#lines[count - 1];
    if (last === undefined) return NO_DECISIONS;
    const columns = `{sequence: 'BIGINT', step: 'VARCHAR', "row": 'VARCHAR', decision: 'VARCHAR', checks: 'VARCHAR[]'}`;
    const { step } = parseStepReference(this.ref);
    const effective =
      `SELECT "row", decision, checks FROM read_json(${text(this.#path)}, format = 'newline_delimited', columns = ${columns}) ` +
      `WHERE step = ${text(step)} AND sequence <= ${last.decision.sequence} ` +
      'QUALIFY row_number() OVER (PARTITION BY "row" ORDER BY sequence DESC) = 1';
    return `SELECT "row", unnest(CASE decision WHEN 'release' THEN checks ELSE [NULL::VARCHAR] END) AS "check" FROM (${effective}) WHERE decision <> 'restore'`;
  }

  /** What was decided is no row of anyone's data. */
  rows(): undefined {
    return undefined;
  }

  amount(): DatasetAmount {
    return { rows: 0, bytes: 0 };
  }

  changesSince(version: string): DatasetChanges | undefined {
    if (version === this.version) return { kind: 'none' };
    return this.stateSql(version) === undefined ? undefined : { kind: 'compare' };
  }

  #versionOf(count: number): string {
    if (count === 0) return NONE_DECIDED;
    const hash = createHash('sha256');
    for (const { line } of this.#lines.slice(0, count)) hash.update(`${line}\n`);
    return `${count}:${hash.digest('hex').slice(0, 16)}`;
  }
}

function text(value: string): string {
  return quoteText(duckdbDialect, value);
}

function parseDecision(line: string): LoggedDecision | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isDecision(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDecision(value: unknown): value is LoggedDecision {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sequence' in value &&
    typeof value.sequence === 'number' &&
    'step' in value &&
    typeof value.step === 'string' &&
    'row' in value &&
    typeof value.row === 'string' &&
    'decision' in value &&
    (value.decision === 'release' || value.decision === 'discard' || value.decision === 'restore') &&
    'checks' in value &&
    Array.isArray(value.checks)
  );
}
