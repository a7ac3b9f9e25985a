import type { TableName } from '../dataset.ts';

/**
 * Reads a table's name as people write it: `shop.orders`, `orders`, `"odd.schema".orders`. Up to the first dot is the
 * schema, the rest the name; double quotes protect dots, and `""` inside them is a quote. Undefined when a part is empty.
 */
export function parseTableReference(text: string): TableName | undefined {
  const first = readPart(text, 0, true);
  if (first === undefined || first.value === '') return undefined;
  if (first.end === text.length) return { name: first.value };
  const second = readPart(text, first.end + 1, false);
  if (second === undefined || second.value === '' || second.end !== text.length) return undefined;
  return { schema: first.value, name: second.value };
}

function readPart(
  text: string,
  start: number,
  stopsAtDot: boolean,
): { value: string; end: number } | undefined {
  if (text[start] !== '"') {
    const dot = stopsAtDot ? text.indexOf('.', start) : -1;
    const end = dot === -1 ? text.length : dot;
    return { value: text.slice(start, end), end };
  }
  let value = '';
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] !== '"') value += text[index];
    else if (text[index + 1] === '"') {
      value += '"';
      index += 1;
    } else {
      const end = index + 1;
      return end === text.length || text[end] === '.' ? { value, end } : undefined;
    }
  }
  return undefined;
}
