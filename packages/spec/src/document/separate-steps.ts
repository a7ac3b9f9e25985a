import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestNames } from '../diagnostic/nearest-name.ts';
import type { Locate } from '../diagnostic/source-range.ts';
import { childOf } from '../schema/schema-at.ts';
import { NAME_PATTERN } from './schema-parts.ts';
import { VERBS } from './step.ts';

/** Reports steps without exactly one verb and takes them out, so that the schema's answers are about the others. */
export function separateSteps(
  value: unknown,
  locate: Locate,
): { readonly usable: unknown; readonly problems: readonly Diagnostic[] } {
  const steps = childOf(value, 'steps');
  if (!isRecord(value) || !isRecord(steps)) return { usable: value, problems: [] };
  const problems: Diagnostic[] = [];
  const usable: Record<string, unknown> = {};
  for (const [name, step] of Object.entries(steps)) {
    const path = ['steps', name];
    if (!NAME_PATTERN.test(name)) {
      problems.push(diagnose('nameInvalid', { name, thing: 'step' }, { path, range: locate(path, 'key') }));
    }
    if (!isRecord(step)) {
      usable[name] = step;
      continue;
    }
    const problem = checkVerb(name, step, locate);
    if (problem === undefined) usable[name] = step;
    else problems.push(problem);
  }
  return { usable: { ...value, steps: usable }, problems };
}

function checkVerb(
  step: string,
  value: Readonly<Record<string, unknown>>,
  locate: Locate,
): Diagnostic | undefined {
  const known = VERBS.map((verb) => verb.name);
  const verbs = known.filter((name) => Object.hasOwn(value, name));
  const path = ['steps', step];
  if (verbs.length > 1)
    return diagnose('verbAmbiguous', { step, verbs }, { path, range: locate(path, 'key') });
  if (verbs.length === 1) return undefined;
  const beside = new Set<string>(VERBS.flatMap((verb) => Object.keys(verb.schema.shape)));
  const verb = Object.keys(value).find((key) => !beside.has(key));
  if (verb === undefined)
    return diagnose('verbMissing', { step, verbs: known }, { path, range: locate(path, 'key') });
  const verbPath = [...path, verb];
  const nearest = nearestNames(verb, known);
  return diagnose(
    'verbUnknown',
    { step, verb, nearest, verbs: known },
    {
      path: verbPath,
      range: locate(verbPath, 'key'),
      fixes: nearest.map((to) => ({ kind: 'renameField', path: verbPath, to })),
    },
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
