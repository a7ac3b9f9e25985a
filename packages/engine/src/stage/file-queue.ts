import type { StagedFile, StagedPart } from '@millrace/connector-sdk';

/** Hands files from the one who writes them to the one who publishes them, in order; consumed once. */
export class FileQueue implements AsyncIterable<StagedPart> {
  /** All files so far. */
  readonly pushed: StagedFile[] = [];
  /** By index; each leaves with its file. */
  readonly #encoded = new Map<number, readonly Uint8Array[]>();
  #state: { kind: 'open' } | { kind: 'ended' } | { kind: 'failed'; reason: Error } = {
    kind: 'open',
  };
  #wake: () => void = () => {};
  #taken = 0;

  /** Files that nobody has asked for yet. */
  get waiting(): number {
    return this.pushed.length - this.#taken;
  }

  push(file: StagedFile, encoded?: readonly Uint8Array[]): void {
    if (encoded !== undefined) this.#encoded.set(this.pushed.length, encoded);
    this.pushed.push(file);
    this.#wake();
  }

  end(): void {
    if (this.#state.kind === 'open') this.#state = { kind: 'ended' };
    this.#wake();
  }

  fail(reason: Error): void {
    if (this.#state.kind === 'open') this.#state = { kind: 'failed', reason };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StagedPart> {
    for (let next = 0; ; next += 1) {
      while (next >= this.pushed.length) {
        if (this.#state.kind === 'failed') throw this.#state.reason;
        if (this.#state.kind === 'ended') return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#state.kind === 'failed') throw this.#state.reason;
      const encoded = this.#encoded.get(next);
      this.#encoded.delete(next);
      this.#taken = next + 1;
      const file = this.pushed[next] as StagedFile;
      yield encoded === undefined ? file : { ...file, encoded };
    }
  }
}
