import type { Maker, Pick } from './random-pipeline.ts';

const TEXTS: readonly string[] = ['status', 'name', 'country'];
const NUMBERS: readonly string[] = ['id', 'customer', 'amount'];

const dedupe: Maker = (_, input, __, random, pick) => {
  const settings = pick([`key: [${pick(input.columns)}]`, `key: [${two(input.columns, pick)}]`]);
  const keep = pick(['first', 'last']);
  const order = random.next() < 0.7 ? `, order: [${orderBy(input.columns, pick)}], keep: ${keep}` : '';
  return { step: `{ dedupe: { from: ${input.name}, ${settings}${order} } }`, columns: input.columns };
};

const sort: Maker = (_, input, __, ___, pick) => ({
  step: `{ sort: { from: ${input.name}, by: [${orderBy(input.columns, pick)}] } }`,
  columns: input.columns,
});

const limit: Maker = (_, input, __, random, pick) => {
  const per = random.next() < 0.6 ? `, per: [${pick(input.columns)}]` : '';
  const offset = random.next() < 0.3 ? ', offset: 1' : '';
  return {
    step: `{ limit: { from: ${input.name}, rows: ${random.integer(1, 20)}${offset}, by: [${orderBy(input.columns, pick)}]${per} } }`,
    columns: input.columns,
  };
};

const sample: Maker = (_, input, __, random, pick) => {
  const size = random.next() < 0.7 ? 'share: 0.6' : `rows: ${random.integer(1, 50)}`;
  const by = random.next() < 0.5 ? `, by: [${pick(input.columns)}]` : '';
  return {
    step: `{ sample: { from: ${input.name}, ${size}${by}, seed: ${random.integer(0, 9)} } }`,
    columns: input.columns,
  };
};

const window: Maker = (name, input, _, random, pick) => {
  const partition = random.next() < 0.8 ? `, partition: [${pick(input.columns)}]` : '';
  const frame = random.next() < 0.4 ? ', frame: rows between 2 preceding and current row' : '';
  const seen = quoted(`lag("${pick(input.columns)}")`);
  const total = pick(['count(*)', 'rank()', quoted(`max("${pick(input.columns)}")`)]);
  return {
    step: `{ window: { from: ${input.name}, order: [${orderBy(input.columns, pick)}]${partition}${frame}, columns: { ${name}_n: row_number(), ${name}_l: ${seen}, ${name}_t: ${total} } } }`,
    columns: [...input.columns, `${name}_n`, `${name}_l`, `${name}_t`],
  };
};

const fill: Maker = (_, input, __, random, pick) => {
  const filled = pick(input.columns);
  const partition = random.next() < 0.7 ? `, partition: [${two(input.columns, pick)}]` : '';
  const neighbour = `{ with: ${pick(['previous', 'next'])}, order: [${orderBy(input.columns, pick)}]${partition} }`;
  const usual = `{ with: mode${partition} }`;
  const mean = NUMBERS.includes(filled) ? [`{ with: ${pick(['mean', 'median'])}${partition} }`] : [];
  return {
    step: `{ fill: { from: ${input.name}, columns: { ${filled}: ${pick([neighbour, usual, ...mean])} } } }`,
    columns: input.columns,
  };
};

const unpivot: Maker = (name, input, _, random, pick) => {
  const family = pick([TEXTS, NUMBERS]).filter((column) => input.columns.includes(column));
  const turned = family.length === 0 ? [pick(input.columns)] : family;
  const nulls = random.next() < 0.3 ? ', keepNulls: true' : '';
  return {
    step: `{ unpivot: { from: ${input.name}, columns: [${turned.join(', ')}], names: ${name}_k, values: ${name}_v${nulls} } }`,
    columns: [...input.columns.filter((column) => !turned.includes(column)), `${name}_k`, `${name}_v`],
  };
};

const pivot: Maker = (name, input, built, random, pick) => {
  const column = input.columns.find((candidate) => candidate === 'status' || candidate === 'country');
  const by = pick(input.columns);
  if (column === undefined || by === column) return dedupe(name, input, built, random, pick);
  const values = column === 'status' ? ['new', 'paid'] : ['DE', 'US'];
  const measured = quoted(`count(DISTINCT "${pick(input.columns)}") + count(*)`);
  return {
    step: `{ pivot: { from: ${input.name}, by: [${by}], column: ${column}, values: [${values.join(', ')}], measures: { ${name}_n: count(*), ${name}_d: ${measured} } } }`,
    columns: [by, ...values.flatMap((value) => [`${value}_${name}_n`, `${value}_${name}_d`])],
  };
};

/** Steps that choose rows by their order, look at other rows, or turn columns and rows. */
export const RESHAPING: readonly Maker[] = [dedupe, sort, limit, limit, sample, window, fill, unpivot, pivot];

function orderBy(columns: readonly string[], pick: Pick): string {
  return [`${pick(columns)} desc`, `${pick(columns)} nulls first`].slice(0, pick([1, 2])).join(', ');
}

function two(columns: readonly string[], pick: Pick): string {
  return [...new Set([pick(columns), pick(columns)])].join(', ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
