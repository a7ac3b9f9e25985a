const SIZE_PATTERN = /^[1-9]\d{0,8}(?:KiB|MiB|GiB|KB|MB|GB)$/;

const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
]);

/** Bytes of `512MiB`, `2GB`; undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  if (!SIZE_PATTERN.test(text)) return undefined;
  const unit = SIZE_UNITS.get(text.replace(/^\d+/, ''));
  const bytes = unit === undefined ? undefined : Number.parseInt(text, 10) * unit;
  return bytes !== undefined && Number.isSafeInteger(bytes) ? bytes : undefined;
}
