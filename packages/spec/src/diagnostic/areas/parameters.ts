import { entry } from '../entry.ts';
import { hint, type Names } from '../wording.ts';

/** Values that are given from outside. */
export const parametersDiagnostics = {
  parameterUnknown: entry<{ name: string; nearest: Names; known: Names }>(
    'error',
    (p) =>
      `There is no parameter '${p.name}'.${hint(p.nearest, p.known, 'Declared')} Parameters are declared under parameters.`,
  ),
  parameterUnused: entry<{ name: string }>(
    'warning',
    (p) =>
      `Nothing refers to the parameter '${p.name}'. Write \${param:${p.name}} where it belongs, or remove it.`,
  ),
  parameterMissing: entry<{ name: string; type: string }>(
    'error',
    (p) =>
      `The parameter '${p.name}' (${p.type}) has no value. Give one with --param ${p.name}=VALUE, under parameters of the environment, or as its default.`,
  ),
  parameterValueWrong: entry<{ name: string; value: string; type: string; reason: string }>(
    'error',
    (p) => `'${p.value}' cannot be the value of the parameter '${p.name}' (${p.type}): ${p.reason}.`,
  ),
  parameterNotAccepted: entry<{ name: string; value: string; accepted: Names; nearest: Names }>(
    'error',
    (p) =>
      `'${p.value}' is not accepted for the parameter '${p.name}'.${hint(p.nearest, p.accepted, 'Accepted')}`,
  ),
  parameterInQuotes: entry<{ name: string; reference: string }>(
    'error',
    (p) =>
      `${p.reference} stands inside of quotes, or behind a text of the form E'…'. Take the quotes away: in SQL the value comes as a literal of its type.`,
  ),
  parameterNeedsDefault: entry<{ name: string; key: string }>(
    'error',
    (p) =>
      `'${p.key}' cannot be any text, so the parameter '${p.name}' needs a default or a list of accepted values; else the document cannot be checked before it runs.`,
  ),
  parameterUndeclared: entry<{ name: string; nearest: Names }>(
    'warning',
    (p) =>
      `No pipeline declares the parameter '${p.name}'.${hint(p.nearest, [], '') || ' Declare it where it is meant, or remove it.'}`,
  ),
};
