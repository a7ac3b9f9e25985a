import { PipelineError } from '@millrace/connector-sdk';
import {
  discardRows as discard,
  exportQuarantine,
  listQuarantine,
  listQuarantineDecisions,
  releaseRows as release,
  restoreRows as restore,
  showQuarantine,
} from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { countOption, listOption, textOption, type CommandInput } from '../session/command-input.ts';
import { EXIT } from '../session/exit-code.ts';
import { formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import {
  formatDecision,
  formatDecisions,
  formatGroups,
  formatRecords,
  formatRestored,
} from './quarantine-text.ts';

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
    throw wrong(
      'Say where the rows go: --to FILE, whose name ends in .csv, .json, .jsonl, .parquet or .xlsx.',
    );
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
      throw wrong(
        'Rows that are discarded are in no table, until they are restored. Say --yes when that is what you want.',
      );
    const { confirm } = await import('@clack/prompts');
    const isWanted = await confirm({
      message: 'Rows that are discarded are in no table, until they are restored. Discard them?',
      initialValue: false,
    });
    if (isWanted !== true) {
      session.remark('Nothing was changed.');
      return EXIT.failed;
    }
  }
  const made = await session.call(discard, decision);
  session.answer(made, () => formatDecision('discarded', made, session.paint, restoreWith(decision, made)));
  return made.run === null || made.run.state === 'succeeded' ? EXIT.done : EXIT.failed;
};

/** The command that takes a discard back; undefined when nothing new was discarded. */
function restoreWith(
  { pipeline }: { readonly pipeline: string | undefined },
  { decided, at }: { readonly decided: number; readonly at: string },
): string | undefined {
  return decided === 0 ? undefined : `millrace quarantine restore ${printable(pipeline ?? '')} --at ${at}`;
}

export const restoreRows: Action = async (session, input) => {
  const rows = listOption(input, 'row');
  const selection = {
    at: textOption(input, 'at'),
    step: textOption(input, 'step'),
    rows: rows.length === 0 ? undefined : rows,
  };
  refuseUnclear(
    selection,
    input,
    '--at TIME, --row ID, --step NAME, or --all. See them: millrace quarantine decisions PIPELINE',
  );
  const made = await session.call(restore, {
    pipeline: input.arguments[0],
    ...selection,
    note: textOption(input, 'note'),
  });
  session.answer(made, () => formatRestored(made, session.paint));
  return made.run === null || made.run.state === 'succeeded' ? EXIT.done : EXIT.failed;
};

export const listDecisions: Action = async (session, input) => {
  const listed = await session.call(listQuarantineDecisions, { pipeline: input.arguments[0] });
  session.answer(listed, () => formatDecisions(listed.decisions));
  return EXIT.done;
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
  refuseUnclear(
    selection,
    input,
    '--row ID, --step NAME, --check NAME, or --all. See them: millrace quarantine show PIPELINE',
  );
  return { pipeline: input.arguments[0], ...selection, note: textOption(input, 'note') };
}

/** Rows are named, or all are meant; never neither, nor both. */
function refuseUnclear(selection: object, input: CommandInput, ways: string): void {
  const isNarrowed = Object.values(selection).some((value) => value !== undefined);
  if (isNarrowed !== (input.options['all'] === true)) return;
  throw wrong(
    isNarrowed
      ? '--all means every row: leave it out, or what names some of them.'
      : `Say which rows: ${ways}`,
  );
}

function wrong(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
