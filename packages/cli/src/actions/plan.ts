import type { LoadTask } from '@millrace/compiler';
import { planPipeline } from '@millrace/control-plane';
import { formatDiagnostic } from '@millrace/spec';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { listOption, parameterOptions } from '../session/command-input.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatChanges, formatEstimates } from './plan-changes-text.ts';
import { formatLoad, formatLoads } from './plan-load-text.ts';
import { formatProposal } from './proposal-text.ts';
import { formatSections, formatStep, formatWrite } from './plan-steps-text.ts';
import { formatParameters } from './run-text.ts';

/** With more tables and steps than this, columns and statements are left to --json and to --tables. */
const MAX_DETAILED = 20;

export const plan: Action = async (session, input) => {
  const planned = await session.call(planPipeline, {
    pipeline: input.arguments[0],
    isFullRefresh: input.options['fullRefresh'] === true,
    tables: listOption(input, 'tables'),
    parameters: parameterOptions(input),
  });
  session.answer(planned, () => {
    const { outline } = planned;
    const { tasks } = planned.plan;
    const previews = new Map(planned.tables.map((table) => [table.task, table]));
    const hasSteps = outline.steps.length > 0;
    const given = formatParameters(planned.plan.parameters ?? {});
    const parts: string[] = given === '' ? [] : [`Parameters: ${given}`];
    parts.push(hasSteps ? formatSections(planned.plan, outline, previews) : formatLoads(tasks, previews));
    if (tasks.length + outline.steps.length > MAX_DETAILED)
      parts.push(
        `Columns and statements of one table: millrace plan ${printable(planned.plan.pipeline)} --tables NAME`,
      );
    else {
      const byId = new Map(tasks.map((task) => [task.id, task]));
      const taskOf = ({ task: id }: { readonly task: string }): readonly LoadTask[] => {
        const task = byId.get(id);
        return task === undefined ? [] : [task];
      };
      for (const task of outline.read.flatMap(taskOf)) parts.push(formatLoad(task, previews.get(task.id)));
      for (const step of outline.steps)
        parts.push(formatStep(step, step.task === null ? undefined : previews.get(step.task)));
      for (const task of outline.write.flatMap(taskOf)) parts.push(formatWrite(task, previews.get(task.id)));
    }
    parts.push(formatEstimates(tasks, planned.estimates));
    if (planned.changes !== null) parts.push(formatChanges(planned.changes, session.paint));
    parts.push(...formatProposal(planned.proposal, session.paint));
    if (planned.notes.length > 0) parts.push(planned.notes.map(printable).join('\n'));
    for (const diagnostic of planned.diagnostics)
      parts.push(formatDiagnostic(diagnostic, session.textOf(diagnostic.range.file)));
    parts.push('Nothing was read or written yet.');
    return parts.join('\n\n');
  });
  return EXIT.done;
};
