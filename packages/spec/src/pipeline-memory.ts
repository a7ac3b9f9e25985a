import type { Step } from './document/step.ts';
import { YamlMemory } from './yaml/yaml-memory.ts';

type Settings = Readonly<Record<string, unknown>>;

/**
 * What `parsePipeline` remembers of the text before, for a document that is read again after each edit: what did not change
 * is neither read nor checked again. One for each document.
 */
export class PipelineMemory {
  readonly yaml = new YamlMemory();
  readonly #steps = new WeakMap<Settings, Step>();

  /** The step that settings are; those that were found sound are not looked at again. */
  step(settings: Settings, read: (settings: Settings) => Step | undefined): Step | undefined {
    const known = this.#steps.get(settings);
    if (known !== undefined) return known;
    const step = read(settings);
    if (step !== undefined) this.#steps.set(settings, step);
    return step;
  }
}
