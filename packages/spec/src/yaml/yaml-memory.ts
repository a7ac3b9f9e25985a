/** The keys of a piece with their values. */
export type YamlKeys = readonly (readonly [string, unknown])[];

/** Pieces of the document that was read last, by their text, so that what did not change is not read again. */
export class YamlMemory {
  #pieces: ReadonlyMap<string, YamlKeys> = new Map();

  /** One reading of a document; what it did not see is forgotten at its end. */
  begin(): {
    recall(text: string, read: () => YamlKeys | undefined): YamlKeys | undefined;
    end(): void;
  } {
    const known = this.#pieces;
    const seen = new Map<string, YamlKeys>();
    return {
      recall: (text, read) => {
        const keys = known.get(text) ?? read();
        if (keys !== undefined) seen.set(text, keys);
        return keys;
      },
      end: () => {
        this.#pieces = seen;
      },
    };
  }
}
