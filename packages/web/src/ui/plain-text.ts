/** The text of a plain value: texts as they are, everything else as JSON writes it; nothing for what is absent. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
