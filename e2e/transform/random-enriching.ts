import type { Maker } from './random-pipeline.ts';

/** The newest, or only, order of a customer, or the customer itself: one row at most, whatever there is. */
const lookup: Maker = (name, input, _, random, pick) => {
  const column = input.columns.find((candidate) => candidate === 'customer' || candidate === 'id');
  if (column === undefined) return clean(name, input, _, random, pick);
  const found = `${name}_found`;
  const settings = pick([
    `in: orders, on: { ${column}: customer }, columns: { ${found}: status }, onSeveral: first, order: [amount desc]`,
    `in: orders, on: { ${column}: customer }, columns: { ${found}: amount }, onSeveral: 'null'`,
    `in: customers, on: { ${column}: id }, columns: { ${found}: name }`,
  ]);
  return {
    step: `{ lookup: { from: ${input.name}, ${settings} } }`,
    columns: [...input.columns, found],
  };
};

const clean: Maker = (name, input, _, __, pick) => {
  const column = input.columns.find((candidate) => candidate === 'status' || candidate === 'name');
  if (column === undefined) return redact(name, input, _, __, pick);
  const settings = pick([
    '{ case: title, nullTokens: [new] }',
    '{ trim: true, collapseSpaces: true, case: upper }',
  ]);
  return {
    step: `{ clean: { from: ${input.name}, columns: { ${column}: ${settings} } } }`,
    columns: input.columns,
  };
};

const redact: Maker = (_, input, __, ___, pick) => ({
  step: `{ mask: { from: ${input.name}, columns: { ${pick(input.columns)}: { method: redact } } } }`,
  columns: input.columns,
});

/** Code of every shape: it adds, leaves out and multiplies rows, and sees many at once. */
const code: Maker = (name, input, _, random, pick) => {
  const column = pick(input.columns);
  const value = `String(row[${JSON.stringify(column)}])`;
  const made = `${name}_c`;
  const kept = random.next() < 0.3 ? `, keep: [${pick(input.columns)}]` : '';
  const reads = random.next() < 0.5 ? `, reads: [${column}]` : '';
  const settings = pick([
    `source: '(row) => ({ ${made}: ${value} + "!" })'${kept}${reads}`,
    `source: '(row) => (${value}.length % 2 === 0 ? null : { ${made}: ${value}.slice(-1) })'${kept}${reads}`,
    `source: '(row) => [...${value}].slice(0, 3).map((${made}) => ({ ${made} }))', key: []${kept}${reads}`,
    `mode: batches, source: '(rows) => ({ ${made}: rows[${JSON.stringify(column)}].map((value, at, all) => String(all[at - 1] ?? value)) })'${kept}${reads}`,
  ]);
  return {
    step: `{ code: { from: ${input.name}, columns: { ${made}: string }, ${settings.replace("source: '", "source: 'export default ")} } }`,
    columns: [
      ...(kept === '' ? input.columns : input.columns.filter((each) => kept.includes(`[${each}]`))),
      made,
    ],
  };
};

/** Steps that change values in their place, or add what another step knows. */
export const ENRICHING: readonly Maker[] = [lookup, lookup, clean, redact, code];
