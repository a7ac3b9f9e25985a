const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text of a value that a statement gave as `encode(text)`. The binding drops a leading U+FEFF from VARCHAR, so texts
 * that people or tests rely on travel as bytes.
 */
export function decodeText(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === 'object' && 'bytes' in value && value.bytes instanceof Uint8Array)
    return decoder.decode(value.bytes);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
