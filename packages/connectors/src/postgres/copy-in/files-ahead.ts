import type { StagedFile } from '@millrace/connector-sdk';

export interface OpenedFile {
  readonly file: StagedFile;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens each file and asks for its first chunk while the file before is still being sent: turning a file into text
 * keeps one processor busy and loading it another one.
 */
export async function* filesAhead(
  files: AsyncIterable<StagedFile>,
  open: (file: StagedFile) => AsyncIterable<Uint8Array>,
): AsyncGenerator<OpenedFile, void, undefined> {
  const iterator = files[Symbol.asyncIterator]();
  const pull = async (): Promise<(OpenedFile & { close(): void }) | undefined> => {
    const step = await iterator.next();
    return step.done === true ? undefined : { file: step.value, ...started(open(step.value)) };
  };
  let upcoming = pull();
  try {
    for (let current = await upcoming; current !== undefined; current = await upcoming) {
      upcoming = pull();
      // Its failure is met when its turn comes.
      upcoming.catch(() => undefined);
      yield current;
    }
  } finally {
    // Nobody waits for these: the files may come from an extraction that still goes on.
    void upcoming.then((next) => next?.close()).catch(() => undefined);
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** The chunks, the first of which is asked for now. */
function started(chunks: AsyncIterable<Uint8Array>): {
  readonly chunks: AsyncIterable<Uint8Array>;
  close(): void;
} {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = iterator.next();
  first.catch(() => undefined);
  const rest = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let step = await first; step.done !== true; step = await iterator.next()) yield step.value;
    } finally {
      await iterator.return?.();
    }
  };
  return { chunks: rest(), close: () => void Promise.resolve(iterator.return?.()).catch(() => undefined) };
}
