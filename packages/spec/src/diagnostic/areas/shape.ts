import { entry } from '../entry.ts';
import { hint, list, type Names } from '../wording.ts';

/** What does not follow the schema of a document. */
export const shapeDiagnostics = {
  keyUnknown: entry<{ key: string; nearest: Names; allowed: Names }>(
    'error',
    (p) => `Unknown key '${p.key}'.${hint(p.nearest, p.allowed, 'Known here')}`,
  ),
  keyMissing: entry<{ key: string; within: string }>(
    'error',
    (p) => `'${p.key}' is missing in ${p.within}. Add it.`,
  ),
  /** `key` is empty for the document as a whole. */
  typeWrong: entry<{ key: string; expected: string; actual: string }>(
    'error',
    (p) => `${p.key === '' ? 'The document' : `'${p.key}'`} must be ${p.expected}, not ${p.actual}.`,
  ),
  valueWrong: entry<{ key: string; value: string; allowed: Names; nearest: Names }>(
    'error',
    (p) => `'${p.key}' cannot be ${p.value}.${hint(p.nearest, p.allowed, 'Allowed')}`,
  ),
  valueInvalid: entry<{ key: string; reason: string }>('error', (p) => `'${p.key}' ${p.reason}.`),
  versionUnsupported: entry<{ version: string; supported: string }>(
    'error',
    (p) =>
      `Version ${p.version} of the language is not known here. Use version: ${p.supported}, or a newer Millrace.`,
  ),
  nameInvalid: entry<{ name: string; thing: string }>(
    'error',
    (p) =>
      `'${p.name}' cannot be the name of a ${p.thing}: use a letter first, then letters, digits, _ and -, at most 63.`,
  ),
  durationInvalid: entry<{ key: string; text: string }>(
    'error',
    (p) => `'${p.key}' is no duration: '${p.text}'. Write amounts with units, like 30s, 5m, 1h30m or 2d.`,
  ),
  sizeInvalid: entry<{ key: string; text: string }>(
    'error',
    (p) => `'${p.key}' is no size: '${p.text}'. Write an amount with a unit, like 512MiB or 2GB.`,
  ),
  /** `position` counts the characters of the pattern from 1. */
  patternInvalid: entry<{ key: string; pattern: string; position: number; reason: string }>(
    'error',
    (p) =>
      `'${p.key}' is no regular expression of RE2: ${p.reason}, at character ${p.position}. Its syntax: https://github.com/google/re2/wiki/Syntax`,
  ),
  verbMissing: entry<{ step: string; verbs: Names }>(
    'error',
    (p) => `Step '${p.step}' does nothing. Give it a verb, such as source, filter or destination.`,
  ),
  verbUnknown: entry<{ step: string; verb: string; nearest: Names; verbs: Names }>(
    'error',
    (p) =>
      `Step '${p.step}' has no verb that this version knows; '${p.verb}' is not one.${hint(p.nearest, p.verbs, 'Known')}`,
  ),
  verbAmbiguous: entry<{ step: string; verbs: Names }>(
    'error',
    (p) => `Step '${p.step}' has ${p.verbs.length} verbs: ${list(p.verbs)}. Make a step of each.`,
  ),
  referenceInvalid: entry<{ text: string; reason: string }>(
    'error',
    (p) =>
      `${p.text} is not a reference: ${p.reason}. Write \${env:NAME} or \${secret:NAME}, and $\${ for a plain \${.`,
  ),
  referenceUnquoted: entry<{ text: string }>(
    'error',
    (p) => `Inside of braces or brackets a reference needs quotes. Write '${p.text}'.`,
  ),
};
