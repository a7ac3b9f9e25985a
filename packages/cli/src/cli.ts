import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Command, CommanderError, Option } from 'commander';

import { COMMANDS, GLOBAL_OPTIONS } from './commands/index.ts';
import type { CommandDeclaration } from './commands/command.ts';
import type { CommandInput } from './session/command-input.ts';
import { EXIT } from './session/exit-code.ts';
import type { ExitCode } from './session/exit-code.ts';
import type { Process } from './session/process.ts';
import { findProjectFolder } from './session/project-folder.ts';

const GROUPS: Readonly<Record<string, string>> = {
  connections: 'Add, list and test connections',
  quarantine: 'See, release and discard rows that were set aside',
  secrets: 'Set, list and remove secrets of the project',
  users: 'Invite and list who may sign in at the portal',
};

/** Runs one command line and answers with the code to exit with. Never throws for what a person can cause. */
export async function runCli(process: Process, version: string): Promise<ExitCode> {
  const [first, ...words] = process.arguments;
  if (first === COMPLETE) return await completeLine(process, words);
  const isJson = process.arguments.includes('--json');
  let exitCode: ExitCode = EXIT.done;
  const program = configure(new Command('millrace'))
    .description('Move tables into a warehouse, and prove that nothing was lost.')
    .version(version, '-V, --version', 'print the version')
    .addHelpText(
      'after',
      '\nExamples:\n  millrace init shop && cd shop\n  millrace run shop-orders\n\nmillrace COMMAND --help shows more of each.',
    );

  function configure(command: Command): Command {
    return command
      .exitOverride()
      .showSuggestionAfterError(true)
      .helpCommand(false)
      .configureHelp({ showGlobalOptions: false })
      .configureOutput({
        writeOut: (text) => process.writeOut(text),
        writeErr: (text) => {
          if (!isJson) process.writeErr(text);
        },
        getOutHelpWidth: () => process.columns,
        getErrHelpWidth: () => process.columns,
        getOutHasColors: () => process.hasColours,
        getErrHasColors: () => process.hasColours,
      });
  }

  const groups = new Map<string, Command>();
  for (const declaration of COMMANDS) {
    const [group, verb] = declaration.name.split(' ');
    let parent = program;
    if (verb !== undefined && group !== undefined) {
      parent = groups.get(group) ?? configure(program.command(group)).description(GROUPS[group] ?? '');
      groups.set(group, parent);
    }
    const command = declare(configure(parent.command(verb ?? declaration.name)), declaration);
    command.action(async (...received: unknown[]) => {
      const values = received.slice(0, declaration.arguments.length) as (string | undefined)[];
      exitCode = await perform(process, declaration, { arguments: values, options: command.opts() });
    });
  }

  try {
    await program.parseAsync(process.arguments, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    if (isJson) {
      const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
      process.writeOut(`${JSON.stringify({ error: { code: 'commandInvalid', message } }, null, 2)}\n`);
    }
    return EXIT.wrong;
  }
  return exitCode;
}

function declare(command: Command, declaration: CommandDeclaration): Command {
  command.description(declaration.summary);
  for (const argument of declaration.arguments) {
    command.argument(argument.isOptional ? `[${argument.name}]` : `<${argument.name}>`, argument.description);
  }
  for (const option of declaration.options) {
    const added = new Option(option.flags, option.description);
    if ('isRepeatable' in option)
      added.argParser((value: string, previous: readonly string[] | undefined) => [
        ...(previous ?? []),
        value,
      ]);
    command.addOption(added);
  }
  for (const option of GLOBAL_OPTIONS) command.option(option.flags, option.description);
  const title = declaration.examples.length > 1 ? 'Examples' : 'Example';
  return command.addHelpText(
    'after',
    `\n${title}:\n${declaration.examples.map((example) => `  ${example}`).join('\n')}`,
  );
}

/** What the completion scripts call; no command of a person's, so its words are not parsed as one. */
const COMPLETE = '__complete';

async function completeLine(process: Process, words: readonly string[]): Promise<ExitCode> {
  const named = words[words.indexOf('--project') + 1];
  const folder = findProjectFolder(process.folder, words.includes('--project') ? named : undefined);
  const { withSession } = await import('./session/with-session.ts');
  const place = { projectFolder: folder, child: undefined };
  return await withSession(process, { arguments: words, options: {} }, place, async () => {
    const { completer } = await import('./actions/complete.ts');
    return completer(COMMANDS, GLOBAL_OPTIONS);
  });
}

async function perform(
  process: Process,
  declaration: CommandDeclaration,
  input: CommandInput,
): Promise<ExitCode> {
  // The child takes as long to start as our own modules take to load: both at once.
  const named = input.options['project'];
  const folder = findProjectFolder(process.folder, typeof named === 'string' ? named : undefined);
  const hasServer =
    existsSync(join(folder, '.millrace', 'server.json')) || input.options['server'] !== undefined;
  const child = declaration.usesRunner && !hasServer ? process.startRunner(folder) : undefined;
  const { withSession } = await import('./session/with-session.ts');
  return await withSession(process, input, { projectFolder: folder, child }, declaration.load);
}
