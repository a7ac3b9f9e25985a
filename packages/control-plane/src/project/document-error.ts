import type { Diagnostic } from '@millrace/spec';

/** A document that an operation needs is wrong. Nothing was done; the diagnostics say where and how to fix it. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly diagnostics: readonly Diagnostic[];
  /** Text of each file in the diagnostics, for excerpts. */
  readonly texts: ReadonlyMap<string, string>;

  constructor(diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>) {
    const first = diagnostics[0];
    super(first ? first.message : 'The document is wrong.');
    this.diagnostics = diagnostics;
    this.texts = texts;
  }
}
