/**
 * Takes out of the global object what would make a result depend on anything but its input, and what user code could
 * take memory with that no limit counts. Runs before the user's file is compiled.
 */
export function removeAmbient(): void {
  const remove = (name: string): void => {
    Reflect.deleteProperty(globalThis, name);
  };
  // Memory of WebAssembly and of shared buffers is outside of the isolate's limit; weak references show the collector.
  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry']) {
    remove(name);
  }
  Math.random = () =>
    refuse('Math.random()', 'derive it from a key of the row, or add a column to the input');
  replaceDate();
  replaceDateFormat();
}

function refuse(what: string, instead: string): never {
  throw new Error(
    `${what} would give another result each time a row is computed again; ${instead}, which the function reads.`,
  );
}

const CLOCK_ADVICE = 'add the time as a column to the input (a derive step, or metadata of the source)';

function replaceDate(): void {
  const RealDate = Date;
  function FixedDate(this: unknown, ...parts: unknown[]): Date {
    if (new.target === undefined) return refuse('Date()', CLOCK_ADVICE);
    if (parts.length === 0) return refuse('new Date()', CLOCK_ADVICE);
    return Reflect.construct(RealDate, parts, new.target === FixedDate ? RealDate : new.target) as Date;
  }
  FixedDate.prototype = RealDate.prototype;
  FixedDate.UTC = RealDate.UTC;
  FixedDate.parse = RealDate.parse;
  FixedDate.now = () => refuse('Date.now()', CLOCK_ADVICE);
  Object.defineProperty(FixedDate, 'name', { value: 'Date' });
  Object.defineProperty(RealDate.prototype, 'constructor', {
    value: FixedDate,
    writable: true,
    configurable: true,
  });
  Object.defineProperty(globalThis, 'Date', { value: FixedDate, writable: true, configurable: true });
}

/** Formatting without a date formats the present. */
function replaceDateFormat(): void {
  const { prototype } = Intl.DateTimeFormat;
  const getFormat = Object.getOwnPropertyDescriptor(prototype, 'format')?.get;
  Object.defineProperty(prototype, 'format', {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      const format = getFormat?.call(this) as (date: Date | number) => string;
      return (date?: Date | number) =>
        date === undefined ? refuse('DateTimeFormat.format()', CLOCK_ADVICE) : format(date);
    },
  });
  const formatToParts = prototype.formatToParts;
  prototype.formatToParts = function (this: Intl.DateTimeFormat, date?: Date | number) {
    return date === undefined
      ? refuse('DateTimeFormat.formatToParts()', CLOCK_ADVICE)
      : formatToParts.call(this, date);
  };
}
