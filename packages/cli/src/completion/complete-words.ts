import { listPipelinePaths, listRuns } from '@millrace/control-plane';
import type { OperationContext } from '@millrace/control-plane';
import { basename, extname } from 'node:path';

import type { CommandDeclaration, CommandOption, CompletedName } from '../commands/command.ts';
import { SHELLS } from './completion-script.ts';

const CONNECTION_OPTIONS: ReadonlySet<string> = new Set(['--connection', '--from', '--into']);

/** What could stand for the last word: commands, then options and the project's own names. Never fails. */
export async function completeWords(
  words: readonly string[],
  commands: readonly CommandDeclaration[],
  globalOptions: readonly CommandOption[],
  context: OperationContext,
): Promise<readonly string[]> {
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = commands.find((candidate) =>
    candidate.name.split(' ').every((part, index) => before[index] === part),
  );
  if (!command) {
    const depth = before.length;
    const next = commands
      .filter((candidate) => before.every((word, index) => candidate.name.split(' ')[index] === word))
      .map((candidate) => candidate.name.split(' ')[depth] ?? '');
    return matching([...new Set(next), ...(depth === 0 ? ['--help', '--version'] : [])], last);
  }
  const options = [...command.options, ...globalOptions];
  if (last.startsWith('-'))
    return matching([...options.map((option) => option.flags.split(' ')[0] ?? ''), '--help'], last);
  const previous = before.at(-1) ?? '';
  const open = options.find((option) => option.flags.startsWith(`${previous} `));
  if (open !== undefined) {
    if (previous === '--pipeline') return matching(await namesOf('pipeline', context), last);
    if (CONNECTION_OPTIONS.has(previous)) return matching(await namesOf('connection', context), last);
    return open.flags.endsWith('<run>') ? matching(await namesOf('run', context), last) : [];
  }
  const rest = before.slice(command.name.split(' ').length);
  const position = rest.filter(
    (word, index) =>
      !word.startsWith('-') &&
      !options.some((option) => option.flags.startsWith(`${rest[index - 1] ?? ''} `)),
  ).length;
  const completes = command.arguments[position]?.completes;
  return completes === undefined ? [] : matching(await namesOf(completes, context).catch(() => []), last);
}

function matching(words: readonly string[], start: string): readonly string[] {
  return words.filter((word) => word !== '' && word.startsWith(start));
}

async function namesOf(what: CompletedName, context: OperationContext): Promise<readonly string[]> {
  switch (what) {
    case 'pipeline':
      return (await listPipelinePaths(context.projectFolder)).map((path) => basename(path, extname(path)));
    case 'connection':
      return Object.keys((await context.project()).document.connections ?? {});
    case 'connector':
      return Object.keys(context.registry);
    case 'secret':
      return await context.secrets.names();
    case 'shell':
      return SHELLS;
    case 'run': {
      const { runs } = await listRuns.handler(context, { limit: 50 }, new AbortController().signal);
      return runs.map((run) => run.runId);
    }
  }
}
