import { formatLogicalType } from '@millrace/spec';

import { sha256Hex } from '../fingerprint/sha256.ts';
import type { PlannedCode, StepInput } from '../plan.ts';
import type { CompiledNode, CompiledStep, Relations } from './compiled-step.ts';

/** What tells one step from another over the same inputs. */
interface StepDefinition extends Pick<CompiledStep, 'sql' | 'key' | 'inputs' | 'columns'> {
  readonly maskKey?: string | undefined;
  readonly code?: PlannedCode | undefined;
}

/**
 * Identity of what a step does to its inputs, whatever these are. Columns that are handed on have the type that they have
 * there, so they need no mention.
 */
export function digestDefinition({ sql, key, inputs, columns, maskKey, code }: StepDefinition): string {
  const made: unknown[] = [];
  for (const { from, field } of columns) {
    if (from.length === 1 && from[0]?.how === 'copied') continue;
    made.push(field.name, formatLogicalType(field.type), field.nullable);
  }
  // What the function is given does not tell which of it stays beside what it returns.
  const kept = () => columns.map(({ name }) => name);
  const run = code && [code.source, code.mode, code.reads, code.returns, code.isOnePerRow, kept()];
  const aliases = inputs.map(({ alias }) => alias);
  return sha256Hex(JSON.stringify([sql, key, aliases, made, maskKey ?? null, run ?? null]));
}

/** Identity of the rows of a step: what it does, and what the rows are that it does it to. */
export function fingerprintStep(
  definition: string,
  inputs: readonly StepInput[],
  fingerprintOf: (ref: string) => string | undefined,
): string {
  return sha256Hex(`${definition} ${inputs.map(({ ref }) => fingerprintOf(ref) ?? '').join(' ')}`);
}

/** The same steps over inputs that look the same but hold other rows. */
export function refingerprint(node: CompiledNode, relations: Relations): CompiledNode {
  const own = new Map<string, string>();
  const fingerprintOf = (ref: string) => own.get(ref) ?? relations.get(ref)?.fingerprint;
  const steps = node.steps.map((step, index): CompiledStep => {
    const fingerprint = fingerprintStep(node.definitions[index] ?? '', step.inputs, fingerprintOf);
    own.set(step.ref, fingerprint);
    return { ...step, fingerprint };
  });
  return { ...node, steps };
}
