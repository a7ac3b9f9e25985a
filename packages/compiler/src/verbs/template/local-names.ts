/** How the texts of a step call what they read, where that is not its name in the document: steps of templates. */
export interface LocalNames {
  /** By step: the names of its inputs in the order of its verb's slots. */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
  /** By step: for each of its checks, names by the relations that they stand for. */
  readonly checks: ReadonlyMap<string, readonly ReadonlyMap<string, string>[]>;
}

export const NO_LOCAL_NAMES: LocalNames = { inputs: new Map(), checks: new Map() };
