import { z } from 'zod';

interface Setting {
  readonly path: string;
  readonly description: string;
  readonly facts: readonly string[];
  readonly examples: readonly unknown[];
}

/** The settings of a schema as a table, those of inner maps by their path; only of `keys` when given. */
export function settingsTable(schema: z.ZodType, keys?: readonly string[]): string {
  const rows = settingsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '')
    .filter(({ path }) => keys === undefined || keys.includes(path.split('.')[0] ?? ''))
    .map(({ path, description, facts, examples }) => {
      const shown = examples.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
      return `| \`${path}\` | ${cell(description)} | ${cell(facts.join('; '))} | ${cell(shown)} |`;
    });
  return ['| key | meaning | | example |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function settingsOf(schema: z.core.JSONSchema.JSONSchema, prefix: string): readonly Setting[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof property === 'boolean') return [{ path, description: '', facts: [], examples: [] }];
    const facts = [
      required.has(key)
        ? 'required'
        : property.default === undefined
          ? ''
          : `default \`${JSON.stringify(property.default)}\``,
      property['secret'] === true ? 'secret' : '',
      property.enum === undefined ? '' : property.enum.map((value) => `\`${String(value)}\``).join(', '),
    ].filter((fact) => fact !== '');
    const examples: readonly unknown[] = Array.isArray(property.examples) ? property.examples : [];
    const inner = settingsOf(property, path);
    return [
      { path, description: property.description ?? '', facts, examples: inner.length > 0 ? [] : examples },
      ...inner,
    ];
  });
}

/** Text that stands in one cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}
