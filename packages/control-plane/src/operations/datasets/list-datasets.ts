import { compareText } from '@millrace/spec';
import { z } from 'zod';

import { listedDataset, type ListedDataset } from '../../catalogue/dataset-schema.ts';
import { FRESHNESS_STATES } from '../../catalogue/freshness.ts';
import { listCatalogue } from '../../catalogue/list-catalogue.ts';
import { defineOperation } from '../../operation.ts';

const facet = z.array(z.strictObject({ value: z.string(), count: z.number() }));

/** The datasets that runs published. Facets count what the other filters leave. */
export const listDatasets = defineOperation({
  name: 'datasets/list-datasets',
  summary: 'List the datasets that runs published.',
  permission: 'dataset.read',
  input: z.strictObject({
    /** Words that name, description, owner or tags hold, all of them. */
    search: z.string().optional(),
    freshness: z.array(z.enum(FRESHNESS_STATES)).default([]),
    connection: z.array(z.string()).default([]),
    pipeline: z.array(z.string()).default([]),
    owner: z.array(z.string()).default([]),
    tag: z.array(z.string()).default([]),
    limit: z.int().min(1).max(10_000).default(1000),
  }),
  output: z.strictObject({
    datasets: z.array(listedDataset),
    /** Before `limit`. */
    total: z.number(),
    facets: z.strictObject({
      freshness: facet,
      connection: facet,
      pipeline: facet,
      owner: facet,
      tag: facet,
    }),
  }),
  async handler(context, { search, limit, ...filters }) {
    const words = (search ?? '').toLowerCase().split(/\s+/u).filter(Boolean);
    const all = (await listCatalogue(context, Date.now())).filter((dataset) => {
      const text = [dataset.name, dataset.description, dataset.owner, dataset.pipeline, ...dataset.tags]
        .join('\n')
        .toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const passes = (dataset: ListedDataset, except?: Facet): boolean =>
      FACETS.every(
        (name) =>
          name === except ||
          filters[name].length === 0 ||
          VALUES[name](dataset).some((value) => filters[name].some((wanted) => wanted === value)),
      );
    const found = all.filter((dataset) => passes(dataset));
    const count = (name: Facet): z.output<typeof facet> => {
      const counts = new Map<string, number>();
      for (const dataset of all)
        if (passes(dataset, name))
          for (const value of VALUES[name](dataset)) counts.set(value, (counts.get(value) ?? 0) + 1);
      return [...counts]
        .map(([value, times]) => ({ value, count: times }))
        .toSorted((left, right) => right.count - left.count || compareText(left.value, right.value));
    };
    return {
      datasets: found.slice(0, limit),
      total: found.length,
      facets: {
        freshness: count('freshness'),
        connection: count('connection'),
        pipeline: count('pipeline'),
        owner: count('owner'),
        tag: count('tag'),
      },
    };
  },
});

const FACETS = ['freshness', 'connection', 'pipeline', 'owner', 'tag'] as const;
type Facet = (typeof FACETS)[number];

const VALUES: Readonly<Record<Facet, (dataset: ListedDataset) => readonly string[]>> = {
  freshness: ({ freshness }) => [freshness.state],
  connection: ({ connection }) => [connection],
  pipeline: ({ pipeline }) => [pipeline],
  owner: ({ owner }) => (owner === null ? [] : [owner]),
  tag: ({ tags }) => tags,
};
