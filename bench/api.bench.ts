import { join } from 'node:path';

import type { Benchmark, Contender, Goal } from './benchmark.ts';
import { writeRuns } from './runs-in-store.ts';
import { serveFolder, startServer } from './served-project.ts';

const RUNS = 100_000;
const REQUESTS = 2_000;

/** Pages that people look at all day, over a store that has been used for years: the newest runs, and one of them. */
export const benchmark: Benchmark = {
  name: 'api',
  async prepare({ scale, folder }) {
    const project = join(folder, 'project');
    const ids = writeRuns(project, Math.round(RUNS * scale));
    await using stack = new AsyncDisposableStack();
    const ours = stack.use(await serveFolder(project));
    const bare = stack.use(
      await startServer(
        process.execPath,
        [join(import.meta.dirname, 'bare-hono.ts'), join(project, '.millrace', 'state.db')],
        project,
      ),
    );
    const token = await makeToken(ours);
    const list = [JSON.stringify({ limit: 50 })];
    const detail = ids.map((run) => JSON.stringify({ run }));
    const contender = (
      name: string,
      url: string,
      bearer: string,
      bodies: readonly string[],
      figure: 'seconds' | 'p99' = 'seconds',
    ): Contender => ({
      name,
      command: {
        program: process.execPath,
        args: [join(import.meta.dirname, 'load-http.ts'), url, String(REQUESTS), bearer, ...bodies],
      },
      seconds: (output) => JSON.parse(output)[figure],
    });
    const resources = stack.move();
    return {
      data: `${Math.round(RUNS * scale).toLocaleString('en')} runs; ${REQUESTS.toLocaleString('en')} requests over 50 connections; ours with an API token, validation and rights`,
      serverProcesses: [ours.pid, bare.pid],
      contenders: [
        contender('list of runs', `${ours.url}/api/runs/list-runs`, token, list),
        contender('list, bare hono', `${bare.url}/list`, '', list),
        contender('one run', `${ours.url}/api/runs/show-run`, token, detail),
        contender('one run, bare hono', `${bare.url}/detail`, '', detail),
        contender('list of runs, 99th percentile', `${ours.url}/api/runs/list-runs`, token, list, 'p99'),
        contender('one run, 99th percentile', `${ours.url}/api/runs/show-run`, token, detail, 'p99'),
      ],
      goals: [
        throughputGoal('list of runs', 'list, bare hono'),
        throughputGoal('one run', 'one run, bare hono'),
        latencyGoal('list of runs, 99th percentile'),
        latencyGoal('one run, 99th percentile'),
      ],
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  },
};

/** By way of a person: the administrator, signed in, makes a token for a program. */
async function makeToken({
  url,
  setupUrl,
}: {
  readonly url: string;
  readonly setupUrl: string;
}): Promise<string> {
  const post = async (path: string, body: unknown, cookie = ''): Promise<Response> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    });
    if (response.ok) return response;
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  };
  const made = await post('/api/setup', {
    token: setupUrl.split('#')[1],
    email: 'bench@example.org',
    password: 'a password for the bench',
  });
  const cookie = made.headers.getSetCookie()[0]?.split(';')[0];
  const answer = await post('/api/identity/create-token', { name: 'bench', role: 'viewer' }, cookie);
  return ((await answer.json()) as { readonly token: string }).token;
}

function throughputGoal(ours: string, bare: string): Goal {
  return {
    text: `${ours}: requests per second ≥ 0.6 × bare hono with the same queries`,
    judge(medians) {
      const ratio = (medians[bare]?.seconds ?? Number.NaN) / (medians[ours]?.seconds ?? Number.NaN);
      return { figure: `${ratio.toFixed(2)} ×`, isReached: ratio >= 0.6 };
    },
  };
}

function latencyGoal(name: string): Goal {
  return {
    text: `${name} ≤ 60 ms`,
    judge(medians) {
      const milliseconds = (medians[name]?.seconds ?? Number.NaN) * 1000;
      return { figure: `${milliseconds.toFixed(0)} ms`, isReached: milliseconds <= 60 };
    },
  };
}
