import type { PlannedStep } from '../plan.ts';

/** How a step follows changes of what it reads, in words: `changed rows only`. */
export function explainIncrementality({
  inputs,
  incrementality,
  decisions,
}: Pick<PlannedStep, 'inputs' | 'incrementality' | 'decisions'>): string {
  switch (incrementality.kind) {
    case 'rowwise':
      return 'changed rows only';
    case 'whole':
      return `from all rows, because ${incrementality.reason}`;
    case 'partitioned': {
      const { by, linearIn } = incrementality;
      if (decisions !== undefined) return 'changed rows only';
      const groups = `the touched groups of ${groupNames(inputs, by)} only`;
      const others = inputs.filter(({ alias }) => !linearIn.includes(alias)).map(({ alias }) => alias);
      if (linearIn.length === 0) return groups.replace(/^the /, '');
      const rows = `changed rows of ${linearIn.join(' or ')} only`;
      if (others.length > 0) return `${rows}; when ${others.join(' or ')} changed, ${groups}`;
      return inputs.length === 1 ? 'changed rows only' : `${rows}; when several of them changed, ${groups}`;
    }
  }
}

/** `customer_id`, or `customer_id = id` where the inputs call it differently. */
function groupNames(
  inputs: PlannedStep['inputs'],
  by: Readonly<Record<string, readonly { readonly sql: string }[]>>,
): string {
  const [first = [], ...rest] = inputs.flatMap(({ alias }) =>
    by[alias] === undefined ? [] : [by[alias].map(({ sql }) => plain(sql))],
  );
  return first
    .map((name, index) => {
      const others = rest.map((names) => names[index] ?? name);
      return [...new Set([name, ...others])].join(' = ');
    })
    .join(', ');
}

/** An expression without the quotes and parentheses that only SQL needs. */
function plain(sql: string): string {
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  // Expressions of the document stand in parentheses of the compiler's own.
  const inner = text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
  return /^"([A-Za-z_][A-Za-z0-9_]*)"$/.exec(inner)?.[1] ?? inner;
}
