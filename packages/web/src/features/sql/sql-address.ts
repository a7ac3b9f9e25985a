/** The SQL page with a first question about a dataset. */
export function sqlAddress({ name }: { readonly name: string }): string {
  return addressOfStatement(`SELECT *\nFROM ${quoteName(name)}\nLIMIT 100`);
}

/** The SQL page with a statement in its editor. */
export function addressOfStatement(sql: string): string {
  return `/sql?q=${encodeURIComponent(sql)}`;
}

/** `raw.orders` as SQL; parts that are no plain words are quoted. */
export function quoteName(name: string): string {
  const dot = name.indexOf('.');
  const parts = dot === -1 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
  return parts.map(quotePart).join('.');
}

export function quotePart(part: string): string {
  return /^[a-z_][a-z0-9_]*$/u.test(part) ? part : `"${part.replaceAll('"', '""')}"`;
}
