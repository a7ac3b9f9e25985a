import { keepJson } from '../operations/to-json.ts';
import { KeptValues } from '../store/kept-values.ts';
import type { Store } from '../store/open-store.ts';
import { prepareQuery } from '../store/prepared-query.ts';

/** Characters of text that are kept of each store. */
const MAX_SIZE = 16 * 1024 ** 2;

/** The store as far as what is told of runs that have ended can depend on it. */
export type RunMoment = string;

interface KeptAnswer<Answer> {
  readonly moment: RunMoment;
  readonly answer: Answer;
}

const readRunMoment = prepareQuery({ runId: '' }, (db, { runId }) =>
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

/** Now, for a run by its whole id; undefined for others and for runs that have not ended. */
export async function momentOfRun({ db }: Store, runId: string): Promise<RunMoment | undefined> {
  const [row] = await readRunMoment(db, { runId });
  return row && `${row.last_event}-${row.last_notice}`;
}

const readMoment = prepareQuery({}, (db) =>
  db.selectFrom('live_notices').select(({ fn }) => fn.max('sequence').as('last')),
);

/** Now, for the states of all runs: each change of one leaves a notice, and so does each run that comes or goes. */
export async function momentOfRuns({ db }: Store): Promise<RunMoment> {
  const [row] = await readMoment(db, {});
  return String(row?.last);
}

/** What is told of runs that have ended, written once for all who ask until something of it may be different. */
export class EndedRuns<Answer extends object> {
  readonly #stores = new WeakMap<Store, KeptValues<KeptAnswer<Answer>>>();

  get(store: Store, question: string, moment: RunMoment): Answer | undefined {
    const kept = this.#stores.get(store)?.get(question);
    return kept?.moment === moment ? kept.answer : undefined;
  }

  /** `answer` was read after the moment, and nobody changes it any more. */
  keep(store: Store, question: string, moment: RunMoment, answer: Answer): void {
    const values = this.#stores.get(store) ?? new KeptValues<KeptAnswer<Answer>>(MAX_SIZE);
    this.#stores.set(store, values);
    values.set(question, { moment, answer }, keepJson(answer));
  }
}
