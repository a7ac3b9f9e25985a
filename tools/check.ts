// npm run check: format, lint, types, the rules of the house and generated files. Prints one line per step, and what a failed step said.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '@millrace/connector-sdk/testing';

interface Step {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What to do when it fails. */
  readonly remedy: string;
}

const projectFolder = join(import.meta.dirname, '..');
const program = (name: string): string => join(projectFolder, 'node_modules/.bin', name);

function typesStep(project: string): Step {
  return {
    name: project === '.' ? 'types' : `types of ${project}`,
    program: program('tsc'),
    args: ['--noEmit', '--pretty', 'false', '--project', project],
    remedy: 'correct the types above',
  };
}

function steps(): Step[] {
  const packages = readdirSync(join(projectFolder, 'packages')).map((name) => `packages/${name}`);
  // A package that runs in a browser sees other globals, so it has a configuration of its own.
  const ownTypes = packages.filter((folder) => existsSync(join(projectFolder, folder, 'tsconfig.json')));
  const generator = join(projectFolder, 'tools/gen.ts');
  return [
    { name: 'format', program: program('oxfmt'), args: ['--check'], remedy: 'run npx oxfmt' },
    {
      name: 'lint',
      program: program('oxlint'),
      args: ['--type-aware', '--deny-warnings', '--report-unused-disable-directives'],
      remedy: 'correct the code above',
    },
    ...['.', ...ownTypes].map(typesStep),
    {
      name: 'architecture',
      program: program('vitest'),
      args: ['run', 'architecture.test.ts'],
      remedy: 'keep the rules of ARCHITECTURE.md',
    },
    ...(existsSync(generator)
      ? [
          {
            name: 'generated files',
            program: process.execPath,
            args: [generator, '--check'],
            remedy: 'run npm run gen and commit what it changed',
          },
        ]
      : []),
  ];
}

async function run(step: Step): Promise<boolean> {
  const started = performance.now();
  const options = { cwd: projectFolder, quotedLines: 400 };
  const failure = await runCommand(step.program, step.args, options, AbortSignal.timeout(600_000)).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (failure === undefined) console.log(`${step.name}: ok (${seconds} s)`);
  else console.log(`\n${failure}\n${step.name}: FAILED (${seconds} s): ${step.remedy}\n`);
  return failure === undefined;
}

const results = await Promise.all(steps().map(run));
const failed = results.filter((isPassed) => !isPassed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
