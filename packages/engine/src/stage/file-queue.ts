import type { StagedFile } from '@millrace/connector-sdk';

/** Hands files from the one who writes them to the one who publishes them, in order; consumed once. */
export class FileQueue implements AsyncIterable<StagedFile> {
  readonly pushed: StagedFile[] = [];
  private state: { kind: 'open' } | { kind: 'ended' } | { kind: 'failed'; reason: Error } = {
    kind: 'open',
  };
  private wake: () => void = () => {};

  push(file: StagedFile): void {
    this.pushed.push(file);
    this.wake();
  }

  end(): void {
    if (this.state.kind === 'open') this.state = { kind: 'ended' };
    this.wake();
  }

  fail(reason: Error): void {
    if (this.state.kind === 'open') this.state = { kind: 'failed', reason };
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StagedFile> {
    for (let next = 0; ; next += 1) {
      while (next >= this.pushed.length) {
        if (this.state.kind === 'failed') throw this.state.reason;
        if (this.state.kind === 'ended') return;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      if (this.state.kind === 'failed') throw this.state.reason;
      yield this.pushed[next] as StagedFile;
    }
  }
}
