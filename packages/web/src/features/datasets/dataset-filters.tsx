import type { OperationInput, OperationOutput } from '@millrace/control-plane';
import type { ReactNode } from 'react';

import { useUrlState } from '../../ui/use-url-state.ts';
import { datasetWords } from '../../words/datasets.ts';
import { FacetList } from './facet-list.tsx';

const FACETS = ['freshness', 'tag', 'owner', 'pipeline', 'connection'] as const;
type Facet = (typeof FACETS)[number];
type FreshnessState = 'upToDate' | 'delayed' | 'underInvestigation';

const STATES: readonly FreshnessState[] = ['upToDate', 'delayed', 'underInvestigation'];

export interface DatasetFiltersState {
  readonly input: OperationInput<'datasets/list-datasets'>;
  readonly search: string;
  readonly setSearch: (search: string) => void;
  readonly chosen: Readonly<Record<Facet, readonly string[]>>;
  readonly choose: (facet: Facet, values: readonly string[]) => void;
  readonly clear: () => void;
  readonly isFiltered: boolean;
}

/** What the list is narrowed to, in the URL. */
export function useDatasetFilters(): DatasetFiltersState {
  const [search, setSearch] = useUrlState('find');
  const states = {
    freshness: useUrlState('freshness'),
    tag: useUrlState('tag'),
    owner: useUrlState('owner'),
    pipeline: useUrlState('pipeline'),
    connection: useUrlState('connection'),
  };
  const values = (facet: Facet): readonly string[] => parse(states[facet][0]);
  const chosen = {
    freshness: values('freshness'),
    tag: values('tag'),
    owner: values('owner'),
    pipeline: values('pipeline'),
    connection: values('connection'),
  };
  return {
    input: {
      ...(search.trim() === '' ? {} : { search }),
      freshness: STATES.filter((state) => chosen.freshness.includes(state)),
      tag: [...chosen.tag],
      owner: [...chosen.owner],
      pipeline: [...chosen.pipeline],
      connection: [...chosen.connection],
    },
    search,
    setSearch,
    chosen,
    choose: (facet, next) => states[facet][1](next.map(encodeURIComponent).join(',')),
    clear: () => {
      setSearch('');
      for (const facet of FACETS) states[facet][1]('');
    },
    isFiltered: search !== '' || FACETS.some((facet) => chosen[facet].length > 0),
  };
}

/** Values with commas between them; a comma within one is escaped. */
function parse(text: string): readonly string[] {
  return text === '' ? [] : text.split(',').map(decodeURIComponent);
}

/** The properties of datasets with how many have each, at the left of the list. */
export function DatasetFilters({
  filters,
  facets,
}: {
  readonly filters: DatasetFiltersState;
  readonly facets: OperationOutput<'datasets/list-datasets'>['facets'] | undefined;
}): ReactNode {
  if (facets === undefined || FACETS.every((facet) => facets[facet].length === 0)) return null;
  return (
    <section
      aria-label={datasetWords('filters')}
      className="flex w-48 shrink-0 flex-col gap-4 overflow-y-auto px-4 py-2"
    >
      {FACETS.map((facet) => (
        <FacetList
          key={facet}
          title={datasetWords(facet)}
          values={facets[facet].map(({ value, count }) => ({
            value,
            count,
            label: STATES.some((state) => state === value) ? datasetWords(value as FreshnessState) : value,
          }))}
          chosen={filters.chosen[facet]}
          onChange={(values) => filters.choose(facet, values)}
        />
      ))}
    </section>
  );
}
