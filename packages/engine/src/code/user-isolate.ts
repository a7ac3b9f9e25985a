import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

import type { Field } from '@millrace/spec';
import ivm from 'isolated-vm';

import { CodeFailureError } from './code-failure-error.ts';
import { isolateColumn } from './isolate-column.ts';
import {
  importFailure,
  located,
  noFunction,
  outOfMemory,
  timedOut,
  toFailure,
  USER_FILE,
} from './isolate-failure.ts';
import type { RuntimeOptions, StepResult } from './isolate/runtime.ts';
import { MemoryWatch } from './memory-watch.ts';
import type { PackedBatch } from './packed-batch.ts';
import { generateRowCode } from './row-code.ts';
import type { CodeFailure, CodeLogLine, OpenCommand } from './sandbox-message.ts';
import { stripTypes } from './strip-types.ts';

const MIN_ISOLATE_BYTES = 16 * 2 ** 20;

export type RowsPart = Extract<StepResult, { readonly failure: null }>;

interface Entries {
  readonly load: ivm.Reference;
  readonly step: ivm.Reference;
  readonly logs: readonly CodeLogLine[];
}

/** The user's file in an isolate of its own. Nothing of this process is reachable from there: only copies go in and out. */
export class UserIsolate {
  readonly #command: OpenCommand;
  readonly #isolate: ivm.Isolate;
  readonly #watch: MemoryWatch;
  /** The row in work. The isolate writes it into shared memory, which survives whatever ends the isolate. */
  readonly #progress = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  #entries: Entries | undefined;

  private constructor(command: OpenCommand, onCatastrophe: (failure: CodeFailure) => void) {
    this.#command = command;
    const memoryBytes = Math.max(MIN_ISOLATE_BYTES, command.limits.memoryBytes);
    const onExceeded = () => onCatastrophe(outOfMemory(this.#row));
    this.#isolate = new ivm.Isolate({
      memoryLimit: Math.floor(memoryBytes / 2 ** 20),
      onCatastrophicError: onExceeded,
    });
    this.#watch = new MemoryWatch(this.#isolate, memoryBytes, onExceeded);
  }

  /** Throws a CodeFailureError. `onCatastrophe` is told when the isolate is beyond control; the process must end then. */
  static async open(
    command: OpenCommand,
    onCatastrophe: (failure: CodeFailure) => void,
  ): Promise<UserIsolate> {
    const javascript = stripTypes(command.source);
    const code = new UserIsolate(command, onCatastrophe);
    await code.#load(javascript);
    return code;
  }

  /** What the file logged while it was loaded. */
  get logs(): readonly CodeLogLine[] {
    return this.#entries?.logs ?? [];
  }

  /** The output of a batch in parts. Throws a CodeFailureError. */
  async *run(batch: PackedBatch): AsyncGenerator<RowsPart> {
    const { inputFields, limits } = this.#command;
    if (this.#entries === undefined) throw new Error('The code was not loaded.');
    const { load, step } = this.#entries;
    const columns = batch.columns.map((column, index) => isolateColumn(inputFields[index] as Field, column));
    await this.#call(load.apply(undefined, [batch.rows, columns], { arguments: { copy: true } }));
    let leftMs = limits.timeoutMs;
    for (;;) {
      const start = performance.now();
      const timeout = Math.max(1, Math.ceil(leftMs));
      const applied = step.apply(undefined, [], { result: { copy: true }, timeout });
      const result = (await this.#call(applied)) as StepResult;
      if (result.failure !== null) throw new CodeFailureError(located(result.failure));
      leftMs -= performance.now() - start;
      yield result;
      if (result.isLast) return;
      if (leftMs <= 0) throw new CodeFailureError(timedOut(this.#row));
    }
  }

  close(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  get #row(): number | null {
    const row = this.#progress[0] ?? -1;
    return this.#command.mode === 'rows' && row >= 0 ? row : null;
  }

  async #load(javascript: string): Promise<void> {
    const { mode, inputFields, outputFields, hasOrigins } = this.#command;
    const context = await this.#isolate.createContext();
    const runtime = await loadRuntime(this.#isolate, context);
    const rowCode = await context.eval(
      generateRowCode(
        inputFields.map((field) => field.name),
        outputFields.map((field) => field.name),
      ),
      { reference: true },
    );
    const entry = (name: string) => runtime.namespace.get(name, { reference: true });
    const options: RuntimeOptions = { mode, inputFields, outputFields, hasOrigins };
    await (
      await entry('open')
    ).apply(undefined, [
      new ivm.ExternalCopy(options).copyInto(),
      rowCode.derefInto(),
      new ivm.ExternalCopy(this.#progress.buffer).copyInto(),
    ]);
    const userFunction = await this.#call(this.#loadUserFile(context, javascript));
    const isFunction = await (await entry('bind')).apply(undefined, [userFunction.derefInto()]);
    if (isFunction !== true) throw noFunction();
    const logs = await (await entry('takeLogs')).apply(undefined, [], { result: { copy: true } });
    this.#entries = {
      load: await entry('load'),
      step: await entry('step'),
      logs: logs as CodeLogLine[],
    };
  }

  async #loadUserFile(context: ivm.Context, javascript: string): Promise<ivm.Reference> {
    const { limits, source } = this.#command;
    const module = await this.#isolate.compileModule(javascript, { filename: USER_FILE });
    const [specifier] = module.dependencySpecifiers;
    if (specifier !== undefined) throw importFailure(specifier, source);
    await module.instantiate(context, (name) => {
      throw importFailure(name, source);
    });
    await module.evaluate({ timeout: limits.timeoutMs });
    try {
      return await module.namespace.get('default', { reference: true });
    } catch {
      throw noFunction();
    }
  }

  /** Waits for work inside of the isolate, with its memory watched and its errors translated. */
  async #call<T>(work: Promise<T>): Promise<T> {
    try {
      return await this.#watch.during(work);
    } catch (error) {
      const failure = toFailure(error, this.#isolate, this.#row);
      if (failure.failure.kind === 'timeout' && (await this.#watch.isCrowded())) {
        throw new CodeFailureError(outOfMemory(this.#row));
      }
      throw failure;
    }
  }
}

/** Compiles the files of `isolate/` inside of the isolate and links them to each other. */
async function loadRuntime(isolate: ivm.Isolate, context: ivm.Context): Promise<ivm.Module> {
  const modules = new Map<string, ivm.Module>();
  const load = (specifier: string): ivm.Module => {
    const known = modules.get(specifier);
    if (known !== undefined) return known;
    const source = readFileSync(new URL(`isolate/${specifier.slice(2)}`, import.meta.url), 'utf8');
    const module = isolate.compileModuleSync(stripTypeScriptTypes(source), { filename: specifier });
    modules.set(specifier, module);
    return module;
  };
  const runtime = load('./runtime.ts');
  await runtime.instantiate(context, load);
  await runtime.evaluate();
  return runtime;
}
