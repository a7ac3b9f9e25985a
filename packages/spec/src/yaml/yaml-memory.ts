import type { CutYaml, YamlPiece } from './yaml-pieces.ts';

/** The keys of a piece with their values. */
export type YamlKeys = readonly (readonly [string, unknown])[];

export interface ReadPiece extends YamlPiece {
  readonly keys: YamlKeys;
}

/** A document in pieces, and what they are together. */
export interface ReadDocument extends CutYaml<ReadPiece> {
  readonly value: Readonly<Record<string, unknown>>;
}

/** The document that was read last, so that what did not change is not read again. */
export class YamlMemory {
  last: ReadDocument = { pieces: [], indent: 0, value: {} };
}
