import { entry } from '../entry.ts';
import { hint, list, type Names } from '../wording.ts';

/** The SQL of a document. */
export const sqlDiagnostics = {
  sqlSyntax: entry<{ reason: string }>(
    'error',
    (p) => `This is not valid SQL: ${p.reason}. Write it in DuckDB's dialect.`,
  ),
  sqlColumnUnknown: entry<{ name: string; nearest: Names }>(
    'error',
    (p) => `There is no column '${p.name}'.${hint(p.nearest, [], '') || ' Name a column of the inputs.'}`,
  ),
  sqlFunctionUnknown: entry<{ name: string; nearest: Names }>(
    'error',
    (p) => `There is no function '${p.name}'.${hint(p.nearest, [], '') || " Use one of DuckDB's."}`,
  ),
  sqlTableUnknown: entry<{ name: string; nearest: Names }>(
    'error',
    (p) =>
      `The query reads '${p.name}', which is none of its inputs.${hint(p.nearest, [], '')} List it under from.`,
  ),
  sqlTypeWrong: entry<{ reason: string }>(
    'error',
    (p) => `The types do not fit: ${p.reason}. Cast what differs, as in CAST(x AS DATE).`,
  ),
  sqlForbidden: entry<{ reason: string }>(
    'error',
    (p) =>
      `The SQL of a pipeline computes over its inputs and does nothing else, but ${p.reason}. Take that out; other data comes in by a source step.`,
  ),
  sqlRefused: entry<{ reason: string }>(
    'error',
    (p) => `DuckDB cannot run this: ${p.reason}. Write it in another way.`,
  ),
  conditionType: entry<{ type: string }>(
    'error',
    (p) => `The condition is ${p.type}, not true or false. Compare it with something.`,
  ),
  sqlNotHere: entry<{ step: string; what: string }>(
    'error',
    (p) => `An expression of step '${p.step}' cannot hold ${p.what}.`,
  ),
  sqlNotDeterministic: entry<{ functions: Names }>(
    'error',
    (p) =>
      `This gives another result each time it is computed (${list(p.functions)}), so that a full and an incremental run would differ. Use a column of the source instead.`,
  ),
  sqlOrderOpen: entry<{ function: string }>(
    'warning',
    (p) =>
      `What ${p.function} gives depends on the order of the rows, which differs from run to run. Say it inside of the call, as in ${p.function}(x ORDER BY y).`,
  ),
};
