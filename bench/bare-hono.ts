import { DatabaseSync } from 'node:sqlite';

import { serve } from '@hono/node-server';
import { Hono } from 'hono';

// node bench/bare-hono.ts STATE.DB: the queries of two operations behind bare hono, without validation, rights or shapes.
const database = new DatabaseSync(process.argv[2] ?? '', { readOnly: true });
const page = database.prepare(
  `SELECT run_id, pipeline, state, document_fingerprint, options, reason, attempts, started_at, finished_at, queued_at,
     available_at, retries, cancel_requested_at, slot_at, rerun_of, started_by
   FROM runs ORDER BY queued_at DESC, run_id DESC LIMIT 51`,
);
const counts = database.prepare('SELECT state, count(*) AS runs FROM runs GROUP BY state');
const live = database.prepare(
  "SELECT run_id, owner FROM leases WHERE run_id IS NOT NULL AND expires_at > cast(unixepoch('subsec') * 1000 AS integer)",
);
const run = database.prepare('SELECT * FROM runs WHERE run_id = ?');
const events = database.prepare('SELECT event FROM run_events WHERE run_id = ? ORDER BY sequence');
const earlier = database.prepare(
  `SELECT run_id, document_fingerprint, options, rerun_of, started_at, finished_at FROM runs
   WHERE pipeline = ? AND state = 'succeeded' AND queued_at < ? ORDER BY queued_at DESC LIMIT 30`,
);
const attempts = database.prepare('SELECT * FROM run_attempts WHERE run_id = ? ORDER BY attempt');

const app = new Hono();
app.post('/list', async (c) => {
  await c.req.json();
  return c.json({ runs: page.all(), counts: counts.all(), live: live.all() });
});
app.post('/detail', async (c) => {
  const { run: id } = await c.req.json<{ run: string }>();
  const found = run.get(id) ?? {};
  return c.json({
    run: found,
    events: events.all(id),
    attempts: attempts.all(id),
    live: live.all(),
    earlier: earlier.all(found['pipeline'] ?? '', found['queued_at'] ?? 0),
  });
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}`),
);
