/**
 * A test for names by a glob: `*` stands for any run of characters except a dot, everything else for itself.
 * Linear in the length of the name for each star, whatever the pattern.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const parts = pattern.replace(/\*+/g, '*').split('*');
  if (parts.length === 1) return (name) => name === pattern;
  const expression = new RegExp(`^${parts.map(escape).join('[^.]*')}$`, 'u');
  return (name) => expression.test(name);
}

/** True for names that one of the includes matches (all, when there is none) and no exclude. */
export function compileSelection(
  include: readonly string[] | undefined,
  exclude: readonly string[] | undefined,
): (name: string) => boolean {
  const included = (include ?? []).map(compileGlob);
  const excluded = (exclude ?? []).map(compileGlob);
  return (name) =>
    (included.length === 0 || included.some((matches) => matches(name))) &&
    !excluded.some((matches) => matches(name));
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
