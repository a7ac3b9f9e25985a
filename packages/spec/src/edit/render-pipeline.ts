import type { PipelineDocument } from '../document/pipeline-document.ts';
import type { DocumentValue } from './edit.ts';
import { isList, isMapping, renderText, renderValue } from './render-value.ts';

/**
 * The text of a new document: a block of keys, each step a block of its own, everything inside of a step on one line. For
 * a document that has a text already use `applyEdit`, which keeps what people wrote.
 */
export function renderPipeline(document: PipelineDocument): string {
  const { version, name, description, owner, tags, schedule, freshness, parameters, steps, ...rest } =
    document;
  const head = { version, name, description, owner, tags, schedule, freshness, parameters };
  const lines = Object.entries(head).flatMap(([key, value]) => renderEntry(key, toDocumentValue(value), ''));
  lines.push('', Object.keys(steps).length === 0 ? 'steps: {}' : 'steps:');
  for (const [step, value] of Object.entries(steps)) {
    lines.push(`  ${renderText(step)}:`);
    for (const [key, item] of Object.entries(value))
      lines.push(...renderEntry(key, toDocumentValue(item), '    '));
  }
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) lines.push('', ...renderEntry(key, toDocumentValue(value), ''));
  }
  return `${lines.join('\n')}\n`;
}

function renderEntry(key: string, value: DocumentValue | undefined, indent: string): readonly string[] {
  if (value === undefined) return [];
  if (isList(value) && value.some(isMapping)) {
    return [`${indent}${renderText(key)}:`, ...value.map((item) => `${indent}  - ${renderValue(item)}`)];
  }
  return [`${indent}${renderText(key)}: ${renderValue(value)}`];
}

/** What a document holds is plain data; undefined where a key is absent. */
function toDocumentValue(value: unknown): DocumentValue | undefined {
  if (value === undefined) return undefined;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map((item) => toDocumentValue(item) ?? null);
  if (typeof value !== 'object') throw new TypeError(`A document cannot hold a ${typeof value}.`);
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const converted = toDocumentValue(item);
    return converted === undefined ? [] : [[key, converted] as const];
  });
  return Object.fromEntries(entries);
}
