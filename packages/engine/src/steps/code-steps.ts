import { join } from 'node:path';

import type { PlannedCode, PlannedStep } from '@millrace/compiler';
import type { Batch } from '@millrace/connector-sdk';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

import type { CodeLogRecord } from '../code/code-runner.ts';
import type { CodeSandboxes } from '../code/code-sandboxes.ts';
import { runCode } from '../code/run-code.ts';
import { streamCode, type StreamCodeOptions } from '../code/stream-code.ts';
import { StagingDatabase } from '../stage/staging-database.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);

/** A step whose rows a function makes. */
export interface CodeStep extends PlannedStep {
  readonly code: PlannedCode;
}

export function isCodeStep(step: PlannedStep | undefined): step is CodeStep {
  return step?.code !== undefined;
}

export interface CodeStepsOptions {
  readonly database: () => Promise<StagingDatabase>;
  /** For files of rows; removed by whoever made it. */
  readonly folder: string;
  /** Told what the code of a step logs. */
  readonly onLog?: ((task: string, record: CodeLogRecord) => void) | undefined;
}

/** Rows that the function of a step is given. */
export interface CodeInput {
  readonly step: CodeStep;
  /** The query of them: the step's SQL over its inputs. */
  readonly sql: string;
  /** The task in whose name it logs; nothing is logged without one. */
  readonly task?: string;
  /** Sandboxes of earlier and later uses of the same step. */
  readonly sandboxes?: CodeSandboxes;
}

/** Runs the functions of steps over rows of a run. */
export class CodeSteps {
  readonly #options: CodeStepsOptions;

  constructor(options: CodeStepsOptions) {
    this.#options = options;
  }

  /** What becomes of the rows, as batches with the columns of the step. */
  async *stream(input: CodeInput, signal: AbortSignal): AsyncGenerator<Batch> {
    yield* streamCode(this.#optionsOf(input, await this.#options.database()), signal);
  }

  /** What becomes of the rows, as something that can follow FROM. */
  async relation(input: CodeInput, signal: AbortSignal): Promise<string> {
    const database = await this.#options.database();
    const folder = join(this.#options.folder, database.uniqueName('code'));
    const { files } = await runCode({ ...this.#optionsOf(input, database), folder }, signal);
    const casts = input.step.columns.map(({ name, field }) => {
      const value = files.length === 0 ? 'NULL' : quote(name);
      return `CAST(${value} AS ${duckdbType(field.type)}) AS ${quote(name)}`;
    });
    const rows =
      files.length === 0 ? 'WHERE false' : `FROM ${StagingDatabase.parquetOf(files.map(({ path }) => path))}`;
    return `(SELECT ${casts.join(', ')} ${rows})`;
  }

  #optionsOf({ step, sql, task, sandboxes }: CodeInput, database: StagingDatabase): StreamCodeOptions {
    const { code, columns } = step;
    const { onLog } = this.#options;
    const resultFields = columns.map(({ field }) => field);
    return {
      database,
      step: step.step,
      source: code.source,
      fileName: code.file,
      mode: code.mode,
      inputSql: sql,
      inputFields: code.reads,
      keyFields: code.inputKey,
      outputFields: resultFields.filter(({ name }) => code.returns.includes(name)),
      resultFields,
      isOnePerRow: code.isOnePerRow,
      limits: code.limits,
      sandboxes,
      onLog: (record) => {
        if (task !== undefined) onLog?.(task, record);
      },
    };
  }
}
