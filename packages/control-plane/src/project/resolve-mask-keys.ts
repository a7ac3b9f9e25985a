import type { Plan } from '@millrace/compiler';
import { diagnose, nearestNames, parseValueReferences, type Diagnostic, type Locate } from '@millrace/spec';

import type { ValueSources } from './resolve-connections.ts';

/** A key that can be guessed hides nothing. */
const LEAST_CHARACTERS = 16;

/** The keys of a plan's masks by the references that stand for them; what is missing or weak is told at its place. */
export async function resolveMaskKeys(
  { steps }: Pick<Plan, 'steps'>,
  locate: Locate,
  { environment, secrets, redactor }: ValueSources,
): Promise<{
  readonly keys: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}> {
  const keys: Record<string, string> = {};
  const diagnostics: Diagnostic[] = [];
  for (const { step, maskKey } of steps) {
    const [reference] = parseValueReferences(maskKey ?? '').references;
    if (maskKey === undefined || reference === undefined) continue;
    const path = ['steps', step, 'mask', 'key'];
    const place = { path, range: locate(path) };
    const { scheme, name } = reference;
    const value = scheme === 'env' ? environment[name] : await secrets.read(name);
    if (value === undefined && scheme === 'env')
      diagnostics.push(diagnose('variableMissing', { name, key: 'key' }, place));
    else if (value === undefined) {
      const nearest = nearestNames(name, await secrets.names());
      diagnostics.push(diagnose('secretMissing', { name, key: 'key', nearest }, place));
    } else {
      redactor.add(value);
      if (value.length < LEAST_CHARACTERS) {
        const reason = `is too short to hide anything: ${maskKey} needs ${LEAST_CHARACTERS} characters at least. Set a random one, such as openssl rand -hex 32 writes`;
        diagnostics.push(diagnose('valueInvalid', { key: 'key', reason }, place));
      }
      keys[maskKey] = value;
    }
  }
  return { keys, diagnostics };
}
