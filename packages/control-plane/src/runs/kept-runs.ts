import { keepJson } from '../operations/to-json.ts';
import { KeptValues } from '../store/kept-values.ts';
import type { Store } from '../store/open-store.ts';
import { prepareQuery } from '../store/prepared-query.ts';

/** Characters of text that are kept of each store. */
const MAX_SIZE = 16 * 1024 ** 2;

/** The store as far as what is told of a run that has ended can depend on it. */
export type RunMoment = string;

interface KeptRun<Shown> {
  readonly moment: RunMoment;
  readonly shown: Shown;
}

const readMoments = prepareQuery({ runId: '' }, (db, { runId }) =>
  db
    .selectFrom('runs')
    .where('run_id', '=', runId)
    .where('state', 'not in', ['queued', 'running'])
    .select(({ selectFrom }) => [
      // A run that was cancelled still says how it wound up.
      selectFrom('run_events')
        .where('run_events.run_id', '=', runId)
        .select(({ fn }) => fn.max('sequence').as('last'))
        .as('last_event'),
      // Each change of any run's state leaves one; earlier runs are what it is compared with.
      selectFrom('live_notices')
        .select(({ fn }) => fn.max('sequence').as('last'))
        .as('last_notice'),
    ]),
);

/** What is told of runs that have ended, written once for all who ask until something of it may be different. */
export class KeptRuns<Shown extends object> {
  readonly #stores = new WeakMap<Store, KeptValues<KeptRun<Shown>>>();

  /** Now, for a run by its whole id; undefined for others and for runs that have not ended. */
  async moment({ db }: Store, runId: string): Promise<RunMoment | undefined> {
    const [row] = await readMoments(db, { runId });
    return row && `${row.last_event}-${row.last_notice}`;
  }

  get(store: Store, runId: string, moment: RunMoment): Shown | undefined {
    const kept = this.#stores.get(store)?.get(runId);
    return kept?.moment === moment ? kept.shown : undefined;
  }

  /** `shown` was read after the moment, and nobody changes it any more. */
  keep(store: Store, runId: string, moment: RunMoment, shown: Shown): void {
    const values = this.#stores.get(store) ?? new KeptValues<KeptRun<Shown>>(MAX_SIZE);
    this.#stores.set(store, values);
    values.set(runId, { moment, shown }, keepJson(shown));
  }
}
