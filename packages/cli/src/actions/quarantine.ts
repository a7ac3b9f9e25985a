import { PipelineError } from '@millrace/connector-sdk';
import {
  discardRows as discard,
  exportQuarantine,
  listQuarantine,
  releaseRows as release,
  showQuarantine,
} from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { countOption, listOption, textOption, type CommandInput } from '../session/command-input.ts';
import { EXIT } from '../session/exit-code.ts';
import { formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatDecision, formatGroups, formatRecords } from './quarantine-text.ts';

export const listRows: Action = async (session, input) => {
  const listed = await session.call(listQuarantine, { pipeline: input.arguments[0], ...selectionOf(input) });
  session.answer(listed, () => formatGroups(listed.groups));
  return EXIT.done;
};

export const showRows: Action = async (session, input) => {
  const shown = await session.call(showQuarantine, {
    pipeline: input.arguments[0],
    ...selectionOf(input),
    limit: countOption(input, 'limit'),
  });
  session.answer(shown, () => formatRecords(shown));
  return EXIT.done;
};

export const exportRows: Action = async (session, input) => {
  const to = textOption(input, 'to');
  if (to === undefined)
    throw wrong('Say where the rows go: --to FILE, whose name ends in .csv, .jsonl or .parquet.');
  const done = await session.call(exportQuarantine, {
    pipeline: input.arguments[0],
    ...selectionOf(input),
    to,
  });
  session.answer(
    done,
    () =>
      `${session.paint('green', 'ok')}  ${formatCount(done.rows)} row${done.rows === 1 ? '' : 's'} in ${printable(done.path)}`,
  );
  return EXIT.done;
};

export const releaseRows: Action = async (session, input) => {
  const made = await session.call(release, decisionOf(input));
  session.answer(made, () => formatDecision('released', made, session.paint));
  return made.run === null || made.run.state === 'succeeded' ? EXIT.done : EXIT.failed;
};

export const discardRows: Action = async (session, input) => {
  const decision = decisionOf(input);
  if (input.options['yes'] !== true) {
    const { process } = session;
    if (!process.isInputTerminal || !process.isTerminal || session.isJson)
      throw wrong('Rows that are discarded are in no table. Say --yes when that is what you want.');
    const { confirm } = await import('@clack/prompts');
    const isWanted = await confirm({
      message: 'Rows that are discarded are in no table. Discard them?',
      initialValue: false,
    });
    if (isWanted !== true) {
      session.remark('Nothing was changed.');
      return EXIT.failed;
    }
  }
  const made = await session.call(discard, decision);
  session.answer(made, () => formatDecision('discarded', made, session.paint));
  return made.run === null || made.run.state === 'succeeded' ? EXIT.done : EXIT.failed;
};

function selectionOf(input: CommandInput) {
  const rows = listOption(input, 'row');
  return {
    kind: textOption(input, 'kind'),
    step: textOption(input, 'step'),
    check: textOption(input, 'check'),
    rows: rows.length === 0 ? undefined : rows,
  };
}

function decisionOf(input: CommandInput) {
  const selection = selectionOf(input);
  const isNarrowed = Object.values(selection).some((value) => value !== undefined);
  if (isNarrowed === (input.options['all'] === true))
    throw wrong(
      isNarrowed
        ? '--all means every row in quarantine: leave it out, or --step, --check, --kind and --row.'
        : 'Say which rows: --row ID, --step NAME, --check NAME, or --all. See them: millrace quarantine show PIPELINE',
    );
  return { pipeline: input.arguments[0], ...selection, note: textOption(input, 'note') };
}

function wrong(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
