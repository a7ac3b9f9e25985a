import { diagnose, type Diagnostic, type DiagnosticPlace } from '../diagnostic/diagnostic.ts';
import { nearestNames } from '../diagnostic/nearest-name.ts';
import type { DocumentPath, Locate } from '../diagnostic/source-range.ts';
import { NAME_PATTERN } from '../document/schema-parts.ts';
import type { ParameterDeclaration, ParameterType } from '../document/parameters.ts';
import { parseParameterValue } from './parameter-value.ts';

/** A value of a parameter as someone gave it. */
export interface GivenValue {
  readonly value: unknown;
  /** Where it stands, when it stands in a document. */
  readonly place?: DiagnosticPlace;
}

/** What a document's parameters are given. */
export interface GivenParameters {
  /** For this document: each must be declared there. */
  readonly values?: Readonly<Record<string, GivenValue>>;
  /** For every document that declares them; they stand in for defaults. */
  readonly defaults?: Readonly<Record<string, GivenValue>>;
  /** True when a value that is missing is an error: the document is to be run, not only looked at. */
  readonly isComplete: boolean;
}

export interface ResolvedParameter {
  readonly type: ParameterType;
  /** The one text of the value: `30`, `2026-01-31`. */
  readonly text: string;
  /** Where nothing was given, so that the document can be looked at: the first that is `accepted`, or a `standIn` of the type. */
  readonly origin: 'given' | 'default' | 'accepted' | 'standIn';
}

/** The values of declared parameters by name, and what is wrong with them. */
export function resolveParameters(
  declared: Readonly<Record<string, ParameterDeclaration>>,
  given: GivenParameters,
  locate: Locate,
): {
  readonly parameters: ReadonlyMap<string, ResolvedParameter>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const parameters = new Map<string, ResolvedParameter>();
  const at = (path: DocumentPath, part: 'key' | 'value' = 'value'): DiagnosticPlace => ({
    path,
    range: locate(path, part),
  });
  for (const [name, parameter] of Object.entries(declared)) {
    const path = ['parameters', name];
    if (!NAME_PATTERN.test(name))
      diagnostics.push(diagnose('nameInvalid', { name, thing: 'parameter' }, at(path, 'key')));
    const { type } = parameter;
    const accepted: string[] = [];
    const read = (value: unknown, place: DiagnosticPlace): string | undefined => {
      const parsed = parseParameterValue(type, value);
      if ('text' in parsed) {
        if (accepted.length === 0 || accepted.includes(parsed.text)) return parsed.text;
        const nearest = nearestNames(parsed.text, accepted);
        const params = { name, value: parsed.text, accepted: [...accepted], nearest };
        diagnostics.push(diagnose('parameterNotAccepted', params, place));
      } else {
        const params = { name, value: String(value), type, reason: parsed.problem };
        diagnostics.push(diagnose('parameterValueWrong', params, place));
      }
      return undefined;
    };
    const values = (parameter.accepted ?? []).map((value, index) =>
      read(value, at([...path, 'accepted', index])),
    );
    accepted.push(...values.filter((value) => value !== undefined));
    const own =
      parameter.default === undefined ? undefined : read(parameter.default, at([...path, 'default']));
    const value = given.values?.[name];
    const shared = given.defaults?.[name];
    const chosen = value ?? shared;
    const text = chosen === undefined ? own : (read(chosen.value, chosen.place ?? at(path, 'key')) ?? own);
    if (text !== undefined) {
      parameters.set(name, { type, text, origin: chosen === undefined ? 'default' : 'given' });
      continue;
    }
    if (given.isComplete && chosen === undefined && parameter.default === undefined)
      diagnostics.push(diagnose('parameterMissing', { name, type }, at(path, 'key')));
    const [first] = accepted;
    parameters.set(name, {
      type,
      text: first ?? STAND_INS[type],
      origin: first === undefined ? 'standIn' : 'accepted',
    });
  }
  const known = Object.keys(declared);
  for (const [name, { place }] of Object.entries(given.values ?? {})) {
    if (known.includes(name)) continue;
    const params = { name, nearest: nearestNames(name, known), known };
    diagnostics.push(diagnose('parameterUnknown', params, place ?? at(['parameters'], 'key')));
  }
  return { parameters, diagnostics };
}

const STAND_INS: Readonly<Record<ParameterType, string>> = {
  string: 'value',
  integer: '1',
  number: '1',
  boolean: 'true',
  date: '2000-01-01',
  timestamp: '2000-01-01 00:00:00',
  timestamptz: '2000-01-01 00:00:00+00:00',
};
