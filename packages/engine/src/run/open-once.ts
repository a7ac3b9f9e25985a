/**
 * Opens something at its first use and keeps it. A failure is tried again at the next use, up to `maxTries` failures in
 * all: then it stays, so that a dead host costs a run some timeouts and not some for each of a thousand tables.
 */
export function openOnce<T>(open: () => Promise<T>, maxTries: number): OpenOnce<T> {
  let opened: Promise<T> | undefined;
  let failures = 0;
  return {
    get current() {
      return opened;
    },
    get() {
      opened ??= open().catch((error: unknown) => {
        failures++;
        if (failures < maxTries) opened = undefined;
        throw error;
      });
      return opened;
    },
  };
}

export interface OpenOnce<T> {
  get(): Promise<T>;
  /** What is open or being opened, without opening it. */
  readonly current: Promise<T> | undefined;
}
