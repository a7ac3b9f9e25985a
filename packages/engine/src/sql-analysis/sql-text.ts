import type { SqlProblem, SqlProblemKind } from '@millrace/compiler';

import { namesInText } from './name-in-text.ts';
import { TextPositions } from './text-position.ts';

/** A text that a person wrote, as part of what DuckDB was given: `prefix` stands before it. */
export class SqlText {
  readonly text: string;
  readonly #prefixBytes: number;
  readonly #positions: TextPositions;

  constructor(text: string, prefix = '') {
    this.text = text;
    this.#prefixBytes = Buffer.byteLength(prefix);
    this.#positions = new TextPositions(text);
  }

  /** A position of DuckDB's as one in the text alone, still in bytes; undefined outside of it. */
  positionIn(position: number | undefined): number | undefined {
    return position === undefined || position < this.#prefixBytes ? undefined : position - this.#prefixBytes;
  }

  /** A position of DuckDB's as an offset into the text; null outside of it. */
  offsetOf(position: number | undefined): number | null {
    const inside = this.positionIn(position);
    return inside === undefined ? null : this.#positions.offsetOf(inside);
  }

  /** The offset of one part of the dotted name at a position: its first part is 0, its last -1. */
  offsetOfPart(position: number | undefined, part: number): number | null {
    const offset = this.offsetOf(position);
    return offset === null ? null : (namesInText(this.text, offset).at(part)?.offset ?? offset);
  }

  problem(kind: SqlProblemKind, message: string, at: Partial<ProblemPlace> = {}): SqlProblem {
    const start = this.offsetOf(at.position);
    if (start === null)
      return { kind, message, offset: null, length: 0, name: at.name ?? null, nearest: at.nearest ?? [] };
    const names = namesInText(this.text, start);
    const name = names.at(at.part ?? 0) ?? names[0];
    const offset = name?.offset ?? start;
    return {
      kind,
      message,
      offset,
      length: name?.length ?? at.length ?? 0,
      name: at.name ?? null,
      nearest: at.nearest ?? [],
    };
  }
}

interface ProblemPlace {
  /** In bytes of what DuckDB was given. */
  readonly position: number | undefined;
  /** Which part of a dotted name it is about. */
  readonly part: number;
  /** How long it is when it is no name. */
  readonly length: number;
  readonly name: string;
  readonly nearest: readonly string[];
}
