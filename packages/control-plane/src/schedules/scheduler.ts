import type { JudgeText } from '../project/judge-offline.ts';
import type { ProjectHost } from '../project-host.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import { fireDue } from './fire-due.ts';
import { fingerprintFiles, syncSchedules } from './sync-schedules.ts';

/** How often another process's changes to schedules are looked for. */
const LOOK_MS = 1_000;
/** How often files are looked at. */
const FILES_MS = 2_000;

/** How often a file is judged anew that is held back because it is wrong. */
const HELD_MS = 30_000;

export interface SchedulerOptions {
  /** Of a file whose schedule changed: while it is wrong, the schedule before holds. */
  readonly judge: JudgeText;
  /** Hears of failures of the scheduler itself; it goes on. */
  readonly onError?: (error: unknown) => void;
}

/** Fires the schedules of a project, as the last valid version of each of its files says, until it is disposed of. */
export async function startScheduler(
  host: Pick<ProjectHost, 'store' | 'projectFolder'>,
  options: SchedulerOptions,
): Promise<AsyncDisposable> {
  const store = await host.store();
  const onError = options.onError ?? (() => undefined);
  const stop = new AbortController();
  let wake: () => void = () => undefined;
  let files = '';
  let lookedAt = -Infinity;
  let heldUntil = Infinity;

  async function look(): Promise<number> {
    if (performance.now() - lookedAt >= FILES_MS) {
      lookedAt = performance.now();
      const now = await fingerprintFiles(host.projectFolder);
      if (now !== files || lookedAt >= heldUntil) {
        const held = await syncSchedules(store, host.projectFolder, options.judge);
        heldUntil = held === 0 ? Infinity : lookedAt + HELD_MS;
      }
      files = now;
    }
    await fireDue(store);
    return await msUntilNext(store);
  }

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      let waitMs = LOOK_MS;
      try {
        waitMs = Math.min(LOOK_MS, await look());
      } catch (error) {
        onError(error);
      }
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, waitMs);
      });
      clearTimeout(timer);
    }
  }

  const looping = loop();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      wake();
      await looping;
    },
  };
}

async function msUntilNext(store: Store): Promise<number> {
  const row = await store.db
    .selectFrom('schedules')
    .select(['next_at', storeNow.as('now')])
    .where('paused_at', 'is', null)
    .where('next_at', 'is not', null)
    .orderBy('next_at')
    .limit(1)
    .executeTakeFirst();
  return row === undefined || row.next_at === null ? Infinity : Math.max(0, row.next_at - row.now);
}
