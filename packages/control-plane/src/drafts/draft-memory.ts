import { CompileMemory } from '@millrace/compiler';
import { PipelineMemory } from '@millrace/spec';

import { RunnerAnalyser } from '../runner/runner-analyser.ts';
import type { Runner } from '../runner/runner-client.ts';

/** Drafts that are remembered; the one that was not looked at for longest goes first. */
const MAX_DRAFTS = 16;

/**
 * What is known of a draft from the edit before. One compilation works with it at a time. What it was compiled with stays
 * the same object while it says the same, by which the compiler knows that it did not change.
 */
export class DraftMemory {
  readonly pipeline = new PipelineMemory();
  readonly whole = new CompileMemory();
  readonly step = new CompileMemory();
  readonly analyser: RunnerAnalyser;
  #runner: (() => Runner) | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #same = new Map<string, { readonly text: string; readonly value: unknown }>();

  constructor() {
    // Answers are kept for the edits after this one, so no edit's end cancels a question.
    this.analyser = new RunnerAnalyser(() => {
      if (this.#runner === undefined) throw new TypeError('The draft is not being worked on.');
      return this.#runner();
    }, new AbortController().signal);
  }

  /** Does one thing after the other with the runner of whoever asks. */
  async use<Result>(runner: () => Runner, work: () => Promise<Result>): Promise<Result> {
    const begin = async (): Promise<Result> => {
      this.#runner = runner;
      return await work();
    };
    const mine = this.#queue.then(begin, begin);
    this.#queue = mine;
    return await mine;
  }

  /** The value of before when it is written alike. */
  same<Value>(name: string, value: Value, text: string): Value {
    const known = this.#same.get(name);
    // What was kept under this name is of the type that is kept under it.
    if (known !== undefined && known.text === text) return known.value as Value;
    this.#same.set(name, { text, value });
    return value;
  }
}

const memories = new Map<string, DraftMemory>();

export function draftMemory(projectFolder: string, pipeline: string): DraftMemory {
  const id = `${projectFolder}\0${pipeline}`;
  const memory = memories.get(id) ?? new DraftMemory();
  memories.delete(id);
  memories.set(id, memory);
  const [oldest] = memories.keys();
  if (memories.size > MAX_DRAFTS && oldest !== undefined) memories.delete(oldest);
  return memory;
}
