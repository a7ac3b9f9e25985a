/** The first dataset that a statement names after FROM or JOIN, for completion only. */
export function datasetOfStatement<Dataset extends { readonly name: string }>(
  datasets: readonly Dataset[],
  statement: string,
): Dataset | undefined {
  const plain = statement.replaceAll('"', '').toLowerCase();
  return datasets.find(({ name }) => {
    const at = plain.indexOf(name.toLowerCase());
    return at > 0 && /(?:from|join)\s+$/u.test(plain.slice(0, at));
  });
}
