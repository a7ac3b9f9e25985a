import { isGraphSound } from './document/check-graph.ts';
import { areLinkedAlike, type NamedStep } from './document/named-steps.ts';
import { MappedList } from './mapped-list.ts';
import { YamlMemory } from './yaml/yaml-memory.ts';

type Written = readonly [name: string, settings: unknown];

/**
 * What `parsePipeline` remembers of the text before, for a document that is read again after each edit: what did not change
 * is neither read nor checked again. One for each document.
 */
export class PipelineMemory {
  readonly yaml = new YamlMemory();
  readonly #steps = new MappedList<Written, NamedStep | undefined>();
  /** Steps that nothing is wrong with in how they read each other. */
  #sound: readonly NamedStep[] | undefined;

  /** The steps that settings are, undefined where something is wrong; those that were looked at before are the same objects. */
  steps(
    written: readonly Written[],
    read: (written: Written) => NamedStep | undefined,
  ): readonly (NamedStep | undefined)[] {
    return this.#steps.map(written, read);
  }

  /** Whether nothing is wrong with how steps read each other. When in doubt, false. */
  isGraphSound(steps: readonly NamedStep[]): boolean {
    const isSound = (this.#sound !== undefined && areLinkedAlike(this.#sound, steps)) || isGraphSound(steps);
    if (isSound) this.#sound = steps;
    return isSound;
  }
}
