import { entry } from '../entry.ts';
import { hint, list, type Names } from '../wording.ts';

/** How steps refer to each other. */
export const graphDiagnostics = {
  stepUnknown: entry<{ step: string; from: string; nearest: Names }>(
    'error',
    (p) =>
      `Step '${p.step}' reads from '${p.from}', which is no step of this document.${hint(p.nearest, [], '')}`,
  ),
  stepNotReadable: entry<{ step: string; from: string; verb: string }>(
    'error',
    (p) =>
      `Step '${p.step}' cannot read from '${p.from}': a ${p.verb} step hands nothing on. Read from the step before it.`,
  ),
  outputUnknown: entry<{ step: string; from: string; nearest: Names; known: Names }>(
    'error',
    (p) =>
      `Step '${p.step}' reads from '${p.from}', which is not an output of that step.${hint(p.nearest, p.known, 'It can be read as')}`,
  ),
  stepCycle: entry<{ steps: Names }>(
    'error',
    (p) => `The steps ${p.steps.join(' → ')} read from each other in a circle. Take one connection out.`,
  ),
  sourceUnused: entry<{ step: string }>(
    'warning',
    (p) => `No step reads from '${p.step}', so it will not be loaded. Add a destination, or remove it.`,
  ),
  checkStepUnknown: entry<{ step: string; check: string; to: string; nearest: Names }>(
    'error',
    (p) =>
      `The check '${p.check}' of step '${p.step}' compares with '${p.to}', which is no step of this document.${hint(p.nearest, [], '')}`,
  ),
  checkStepNotReadable: entry<{ step: string; check: string; to: string; verb: string }>(
    'error',
    (p) =>
      `The check '${p.check}' of step '${p.step}' cannot compare with '${p.to}': a ${p.verb} step hands nothing on. Compare with the step before it.`,
  ),
  replicatedCheckOfOne: entry<{ step: string; check: string }>(
    'error',
    (p) =>
      `The check '${p.check}' is about one table, and step '${p.step}' replicates several. Give that table a source step and a destination step of its own, with the check on the source.`,
  ),
  replicatedCheckUnused: entry<{ step: string; check: string; columns: Names; nearest: Names }>(
    'error',
    (p) =>
      `No table of step '${p.step}' has ${list(p.columns)}, so that the check '${p.check}' would never be run.${hint(p.nearest, [], '') || ' Name columns of one of its tables.'}`,
  ),
  groupStepUnknown: entry<{ group: string; step: string; nearest: Names }>(
    'warning',
    (p) =>
      `The group '${p.group}' names '${p.step}', which is no step of this document.${hint(p.nearest, [], '')}`,
  ),
  groupStepTwice: entry<{ group: string; step: string; other: string }>(
    'warning',
    (p) =>
      `The step '${p.step}' is in the group '${p.other}' already, and is drawn there. Take it out of '${p.group}'.`,
  ),
  notRunYet: entry<{ key: string }>(
    'warning',
    (p) => `'${p.key}' is kept in the document, but this version does not act on it.`,
  ),
  nothingToDo: entry(
    'error',
    () => `The pipeline has no step that writes. Add a destination or a replicate step.`,
  ),
};
