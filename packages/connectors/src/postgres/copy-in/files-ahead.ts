import type { StagedPart } from '@millrace/connector-sdk';

/** The input of one COPY and the options that say what it is. */
export interface CopyInput {
  readonly options: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface OpenedFile extends CopyInput {
  readonly file: StagedPart;
}

/**
 * Opens each file and asks for its first chunk while the file before is still being sent: turning a file into text
 * keeps one processor busy and loading it another one.
 */
export async function* filesAhead(
  files: AsyncIterable<StagedPart>,
  open: (file: StagedPart) => CopyInput,
): AsyncGenerator<OpenedFile, void, undefined> {
  const iterator = files[Symbol.asyncIterator]();
  const pull = async (): Promise<(OpenedFile & { close(): void }) | undefined> => {
    const step = await iterator.next();
    if (step.done === true) return undefined;
    const { options, chunks } = open(step.value);
    return { file: step.value, options, ...started(chunks) };
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
