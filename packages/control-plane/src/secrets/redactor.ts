/**
 * Takes secrets out of text that leaves the process. Connectors never put one there; a driver's own message might.
 * Covers the forms a secret takes on its way through software: plain, URL-encoded, JSON-escaped, base64, hexadecimal.
 */
export class Redactor {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** One or two characters would take every text apart, and hide nothing. */
  add(secret: string): void {
    if (secret.length < 3) return;
    const bytes = Buffer.from(secret, 'utf8');
    const base64 = bytes.toString('base64');
    const forms = [
      secret,
      encodeURIComponent(secret),
      encodeURI(secret),
      new URLSearchParams({ v: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
      secret.replaceAll("'", "''"),
      secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
      base64,
      base64.replace(/=+$/, ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
    ];
    for (const form of forms) if (form.length >= 3) this.#forms.add(form);
    this.#pattern = undefined;
  }

  text(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#forms]
        .sort((left, right) => right.length - left.length)
        .map(escapePattern)
        .join('|'),
      'g',
    );
    return text.replace(this.#pattern, '***');
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
