import { describe, expect, it } from 'vitest';

import { SALES } from '../cases/steps-fixture.ts';
import { openLineageEvent, type OpenLineageEvent } from './open-lineage.ts';

const event = openLineageEvent(SALES, {
  eventType: 'COMPLETE',
  eventTime: '2026-01-02T03:04:05.678Z',
  runId: '0b7e9c3a-1f2d-8a4b-9c5d-6e7f8091a2b3',
  namespace: 'shop',
});

describe('openLineageEvent', () => {
  // What the official schema requires, written down by hand: its files come with no package (the Python client's wheel and
  // source, the Java client's jar). The Python client 1.54, whose classes are generated from it, takes this event.
  it('has what the schema of OpenLineage requires', () => {
    const uri = expect.stringMatching(/^(https:\/\/|urn:)\S+$/);
    const dataset = { namespace: expect.any(String), name: expect.any(String), facets: expect.any(Object) };
    expect(event).toEqual({
      eventType: expect.stringMatching(/^(START|RUNNING|COMPLETE|ABORT|FAIL|OTHER)$/),
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      producer: uri,
      schemaURL: uri,
      run: { runId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) },
      job: { namespace: 'shop', name: 'sales' },
      inputs: Array.from({ length: 3 }, () => dataset),
      outputs: Array.from({ length: 3 }, () => dataset),
    });
    for (const { facets } of [...event.inputs, ...event.outputs])
      for (const facet of Object.values(facets))
        expect(facet).toMatchObject({ _producer: uri, _schemaURL: uri });
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
