import type { z } from 'zod';

import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { formatPath, type Locate } from '../diagnostic/source-range.ts';
import { parametersSchema } from '../document/parameters.ts';
import { childOf } from '../schema/schema-at.ts';
import type { ReadYaml } from '../yaml/read-yaml-whole.ts';
import { resolveParameters, type GivenParameters, type ResolvedParameter } from './resolve-parameters.ts';
import { substituteParameters } from './substitute-parameters.ts';
import { editWritten, locateWritten, type SubstitutedText } from './substituted-text.ts';

/** What the parameters of a document stand for. */
export interface AppliedParameters {
  readonly values: ReadonlyMap<string, ResolvedParameter>;
  /** Parameters without a value that stand outside of SQL: only a run knows what is meant there. */
  readonly open: readonly string[];
  /** A diagnostic about the document with values, as one about the document as it is written. */
  readonly asWritten: (diagnostic: Diagnostic) => Diagnostic;
}

/** A document read from YAML, with values in place of its references to parameters. */
export function applyParameters(
  { value, locate, mayRefer }: Pick<ReadYaml, 'value' | 'locate'> & { readonly mayRefer: boolean },
  schema: z.ZodType,
  given: GivenParameters,
): {
  readonly value: unknown;
  readonly locate: Locate;
  readonly parameters: AppliedParameters;
  readonly diagnostics: readonly Diagnostic[];
} {
  const declared = parametersSchema.safeParse(childOf(value, 'parameters') ?? {});
  // What is wrong with the declarations is told by the schema of the document.
  if (!declared.success) return { value, locate, parameters: UNCHANGED, diagnostics: [] };
  const { parameters, diagnostics } = resolveParameters(declared.data, given, locate);
  const substituted =
    mayRefer && hasReference(value)
      ? substituteParameters(value, schema, parameters, locate)
      : { value, texts: [], used: new Set<string>(), diagnostics: [] };
  const unused = [...parameters.keys()].flatMap((name) => {
    if (substituted.used.has(name)) return [];
    const path = ['parameters', name];
    const fixes = [{ kind: 'removeField', path } as const];
    return [diagnose('parameterUnused', { name }, { path, range: locate(path, 'key'), fixes })];
  });
  const { texts } = substituted;
  return {
    value: substituted.value,
    locate: locateWritten(locate, texts),
    parameters: {
      values: parameters,
      open: [...new Set(texts.flatMap(({ standIns }) => standIns))],
      asWritten: (diagnostic) => asWritten(diagnostic, texts),
    },
    diagnostics: [...diagnostics, ...substituted.diagnostics, ...unused],
  };
}

const UNCHANGED: AppliedParameters = {
  values: new Map(),
  open: [],
  asWritten: (diagnostic) => diagnostic,
};

function asWritten(diagnostic: Diagnostic, texts: readonly SubstitutedText[]): Diagnostic {
  if (texts.length === 0) return diagnostic;
  const key = formatPath(diagnostic.path);
  const standIn = texts.find(({ path }) => formatPath(path) === key)?.standIns[0];
  if (standIn !== undefined && diagnostic.severity === 'error') {
    const { path, range } = diagnostic;
    return diagnose('parameterNeedsDefault', { name: standIn, key }, { path, range });
  }
  return { ...diagnostic, fixes: diagnostic.fixes.flatMap((fix) => editWritten(fix, texts) ?? []) };
}

function hasReference(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('${param:');
  if (Array.isArray(value)) return value.some(hasReference);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasReference);
}
