import { listRuns, showCodeLog, showOpenLineage, showProfiles, showRun } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { countOption, textOption } from '../session/command-input.ts';
import { formatDuration } from '../terminal/amounts.ts';
import { printableLines } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';
import { formatCodeLog } from '../terminal/watch-run.ts';
import { formatMeasures } from './run-measures-text.ts';
import { formatProfiles } from './profiles-text.ts';
import { formatProposal } from './proposal-text.ts';
import { formatParameters, formatRunSummary, paintState } from './run-text.ts';

export const runs: Action = async (session, input) => {
  const [run] = input.arguments;
  if (run !== undefined && input.options['openlineage'] === true) {
    const { events } = await session.call(showOpenLineage, { run });
    session.answer(events, () => events.map((event) => JSON.stringify(event)).join('\n'));
    return EXIT.done;
  }
  if (run !== undefined && input.options['log'] === true) {
    const log = await session.call(showCodeLog, { run });
    session.answer(log, () =>
      log.lines.length === 0
        ? 'No step of this run logged anything.'
        : printableLines(log.lines.map(formatCodeLog).join('\n')),
    );
    return EXIT.done;
  }
  if (run !== undefined && input.options['profile'] === true) {
    const shown = await session.call(showProfiles, { run });
    session.answer(shown, () => formatProfiles(shown.tables));
    return EXIT.done;
  }
  if (run !== undefined) {
    const shown = await session.call(showRun, { run });
    session.answer(shown, () => {
      const attempts = shown.attemptList.map((attempt) => {
        const reason = attempt.reason === null ? '' : `: ${attempt.reason}`;
        return `attempt ${attempt.attempt}  ${attempt.startedAt}  ${attempt.outcome ?? 'running'}${reason}`;
      });
      return [
        formatRunSummary(shown, session.paint),
        ...formatProposal(shown.proposal, session.paint),
        ...formatMeasures(shown.tasks),
        printableLines(attempts.join('\n')),
      ].join('\n\n');
    });
    return EXIT.done;
  }
  const listed = await session.call(listRuns, {
    pipeline: textOption(input, 'pipeline'),
    limit: countOption(input, 'limit'),
  });
  session.answer(listed, () => {
    if (listed.runs.length === 0) return 'Nothing ran yet. Run a pipeline: millrace run NAME';
    const table = formatTable(
      [
        { title: 'run' },
        { title: 'pipeline' },
        { title: 'state' },
        { title: 'started' },
        { title: 'took', align: 'right' },
        { title: 'attempts', align: 'right' },
        { title: 'reason' },
      ],
      listed.runs.map((record) => [
        record.runId,
        withParameters(record.pipeline, record.parameters),
        record.state,
        record.startedAt,
        record.finishedAt === null
          ? '–'
          : formatDuration(Date.parse(record.finishedAt) - Date.parse(record.startedAt)),
        String(record.attempts),
        record.reason ?? '',
      ]),
      80,
    );
    return paintState(table, session.paint);
  });
  return EXIT.done;
};

function withParameters(pipeline: string, values: Readonly<Record<string, string>>): string {
  const given = formatParameters(values);
  return given === '' ? pipeline : `${pipeline} (${given})`;
}
