import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import type { Benchmark, Median, PreparedBenchmark } from './benchmark.ts';
import { measureCommand, type Measurement } from './measure.ts';

/** `npm run bench -- NAME… [--reps 5] [--scale 1]`: every contender in the same call, interleaved; medians into RESULTS.md. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    reps: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    'no-write': { type: 'boolean', default: false },
  },
});
const known = readdirSync(import.meta.dirname).flatMap((file) =>
  file.endsWith('.bench.ts') ? [file.replace('.bench.ts', '')] : [],
);
const names = positionals.length === 0 ? known : positionals;
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. Choose from ${known.join(', ')}.`);
  process.exit(2);
}
const scale = Number(values.scale);
const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
process.once('SIGTERM', () => abort.abort());

for (const name of names) {
  const { benchmark } = (await import(pathToFileURL(join(import.meta.dirname, `${name}.bench.ts`)).href)) as {
    benchmark: Benchmark;
  };
  const folder = join(import.meta.dirname, '../.cache/bench', name);
  mkdirSync(folder, { recursive: true });
  console.log(`\n${name}: preparing`);
  await using prepared = await benchmark.prepare({ scale, folder }, abort.signal);
  console.log(`${name}: ${prepared.data}`);
  const report = await runBenchmark(name, prepared, Number(values.reps));
  console.log(report);
  if (scale === 1 && !values['no-write']) writeReport(name, report);
}

async function runBenchmark(name: string, prepared: PreparedBenchmark, reps: number): Promise<string> {
  const runs = new Map<string, Measurement[]>(prepared.contenders.map((contender) => [contender.name, []]));
  for (let rep = 0; rep < reps; rep += 1) {
    for (const contender of prepared.contenders) {
      abort.signal.throwIfAborted();
      await contender.reset?.();
      const whole = await measureCommand(contender.command, prepared.serverProcesses);
      const measured = { ...whole, seconds: contender.seconds?.(whole.output) ?? whole.seconds };
      await contender.check?.();
      runs.get(contender.name)?.push(measured);
      console.log(
        `  ${contender.name} ${rep + 1}/${reps}: ${measured.seconds.toFixed(2)} s, client ${measured.clientCpuSeconds.toFixed(1)} CPU-s, server ${measured.serverCpuSeconds.toFixed(1)} CPU-s, ${(measured.peakMemoryBytes / 1e6).toFixed(0)} MB`,
      );
    }
  }
  const medians = Object.fromEntries(
    [...runs].map(([contender, measured]) => [contender, medianOf(measured)]),
  );
  const ours = prepared.contenders[0]?.name ?? '';
  const rows = [...runs].map(([contender, measured]) => {
    const median = medians[contender] as Median;
    const seconds = measured.map((run) => run.seconds);
    return `| ${contender.replaceAll('|', '\\|')} | ${median.seconds.toFixed(2)} | ${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)} | ${(median.seconds / (medians[ours] as Median).seconds).toFixed(2)} | ${median.clientCpuSeconds.toFixed(1)} | ${median.serverCpuSeconds.toFixed(1)} | ${(median.peakMemoryBytes / 1e6).toFixed(0)} |`;
  });
  const goals = prepared.goals.map((goal) => {
    const { figure, isReached } = goal.judge(medians);
    return `- ${isReached ? 'reached' : '**missed**'}: ${goal.text} — measured ${figure}`;
  });
  return [
    `## ${name}`,
    '',
    `${prepared.data}. ${stamp(reps)}`,
    '',
    '| contender | median s | spread s | / ours | client CPU-s | server CPU-s | peak MB |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...goals,
    '',
  ].join('\n');
}

function medianOf(runs: readonly Measurement[]): Median {
  const of = (pick: (run: Measurement) => number) => {
    const sorted = runs.map(pick).toSorted((left, right) => left - right);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1
      ? (sorted[middle] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  };
  return {
    seconds: of((run) => run.seconds),
    clientCpuSeconds: of((run) => run.clientCpuSeconds),
    serverCpuSeconds: of((run) => run.serverCpuSeconds),
    peakMemoryBytes: of((run) => run.peakMemoryBytes),
  };
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', cwd: join(import.meta.dirname, '..') }).trim();
}

function stamp(reps: number): string {
  // The results themselves change with every benchmark.
  const changed = git('status', '--porcelain', '--', '.', ':!bench/RESULTS.md');
  const commit = `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '-dirty'}`;
  const processors = cpus();
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit}, ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${reps} interleaved runs`;
}

/** Replaces the benchmark's section in RESULTS.md; text after a line `Notes:` is written by people and stays. */
function writeReport(name: string, report: string): void {
  const path = join(import.meta.dirname, 'RESULTS.md');
  const text = readFileSync(path, 'utf8');
  const section = new RegExp(`## ${name}\\n[\\s\\S]*?(?=\\n## |$)`);
  const old = section.exec(text)?.[0];
  const notes = old === undefined ? '' : (/\nNotes:[\s\S]*/.exec(old)?.[0] ?? '');
  const next = `${report.trimEnd()}\n${notes}`;
  writeFileSync(
    path,
    old === undefined ? `${text.trimEnd()}\n\n${next.trimEnd()}\n` : text.replace(section, () => next),
  );
}
