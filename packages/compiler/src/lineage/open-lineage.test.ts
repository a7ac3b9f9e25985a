import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';

import { SALES } from '../cases/steps-fixture.ts';
import { openLineageEvent, type OpenLineageEvent } from './open-lineage.ts';

const RUN = {
  eventType: 'COMPLETE',
  eventTime: '2026-01-02T03:04:05.678Z',
  runId: '0b7e9c3a-1f2d-8a4b-9c5d-6e7f8091a2b3',
  namespace: 'shop',
} as const;
const event = openLineageEvent(SALES, RUN);

const schemas = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(schemas);
for (const name of ['OpenLineage', 'SchemaDatasetFacet', 'ColumnLineageDatasetFacet'])
  schemas.addSchema(
    JSON.parse(readFileSync(join(import.meta.dirname, 'official-schema', `${name}.json`), 'utf8')),
  );

/** What is wrong with a value by the schema that it names itself. */
function problems(schemaUrl: string, value: unknown): readonly string[] {
  const validate = schemas.compile({ $ref: schemaUrl });
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('openLineageEvent', () => {
  it.each(['START', 'COMPLETE', 'FAIL', 'ABORT'] as const)(
    'is valid by the official schemas of the event and of its facets: %s',
    (eventType) => {
      const told = openLineageEvent(SALES, { ...RUN, eventType });
      expect(problems(told.schemaURL, told)).toEqual([]);
      const facets = [...told.inputs, ...told.outputs].flatMap((dataset) => Object.values(dataset.facets));
      expect(facets).toHaveLength(9);
      for (const facet of facets) expect(problems(schemaUrlOf(facet), facet)).toEqual([]);
    },
  );

  it('would not be valid with another run id, or without the name of a column', () => {
    expect(problems(event.schemaURL, { ...event, run: { runId: '17' } })).toContain(
      '/run/runId must match format "uuid"',
    );
    const [facet] = event.inputs.map(({ facets }) => facets['schema']);
    const nameless = { ...Object(facet), fields: [{ type: 'string' }] };
    expect(problems(schemaUrlOf(facet), nameless)).toContain("/fields/0 must have required property 'name'");
  });

  it('says of each published column which columns of sources it is made of', () => {
    const totals = { namespace: 'warehouse://warehouse', name: 'mart.totals' };
    const from = (namespace: string, name: string, field: string, type: string, subtype: string) => ({
      namespace,
      name,
      field,
      transformations: [{ type, subtype, description: expect.any(String), masking: false }],
    });
    expect(facetOf(totals.name)).toMatchObject({
      fields: {
        customer_name: { inputFields: [from('crm://crm', 'customers', 'name', 'DIRECT', 'IDENTITY')] },
        revenue: { inputFields: [from('shop://shop', 'shop.orders', 'total', 'DIRECT', 'AGGREGATION')] },
      },
      dataset: expect.arrayContaining([
        from('shop://shop', 'shop.orders', 'status', 'INDIRECT', 'FILTER'),
        from('shop://shop', 'shop.orders', 'customer_id', 'INDIRECT', 'JOIN'),
        from('crm://crm', 'customers', 'id', 'INDIRECT', 'JOIN'),
        from('crm://crm', 'customers', 'name', 'INDIRECT', 'GROUP_BY'),
      ]),
    });
  });

  it('names nothing that only the machinery knows', () => {
    expect(JSON.stringify(event)).not.toMatch(/@|kept here/);
  });
});

function facetOf(name: string): OpenLineageEvent['outputs'][number]['facets'][string] {
  return event.outputs.find((output) => output.name === name)?.facets['columnLineage'];
}

function schemaUrlOf(facet: unknown): string {
  const url: unknown = Object(facet)['_schemaURL'];
  if (typeof url !== 'string') throw new TypeError('The facet names no schema.');
  return url;
}
