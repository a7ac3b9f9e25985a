import { entry } from '../entry.ts';

/** What is wrong with a document as YAML. */
export const textDiagnostics = {
  yamlSyntax: entry<{ reason: string }>('error', (p) => `This is not valid YAML: ${p.reason}`),
  documentTooLarge: entry<{ characters: number; limit: number }>(
    'error',
    (p) =>
      `The document has ${p.characters} characters; the limit is ${p.limit}. Split it into several pipelines.`,
  ),
  documentTooDeep: entry<{ limit: number }>(
    'error',
    (p) =>
      `The document is nested deeper than ${p.limit} levels. No key of the language needs that; flatten it.`,
  ),
  aliasesTooMany: entry<{ limit: number }>(
    'error',
    (p) => `The document uses more than ${p.limit} aliases (*name). Write the values out.`,
  ),
  aliasUnknown: entry<{ name: string }>(
    'error',
    (p) => `The alias *${p.name} has no anchor &${p.name} before it. Write the value out.`,
  ),
  severalDocuments: entry(
    'error',
    () => `A file holds one document; this one goes on after '---'. Move the rest to a file of its own.`,
  ),
  tagRefused: entry<{ tag: string }>(
    'error',
    (p) => `The tag ${p.tag} is not allowed. Write the plain value.`,
  ),
  keyDuplicate: entry<{ key: string; firstLine: number }>(
    'error',
    (p) => `The key '${p.key}' stands twice in this map, first in line ${p.firstLine}. Remove one.`,
  ),
  keyNotText: entry('error', () => `A key must be plain text, not a list, a map or nothing.`),
  keyReserved: entry<{ key: string }>('error', (p) => `'${p.key}' cannot be a key. Use another name.`),
  numberInexact: entry<{ text: string }>(
    'error',
    (p) => `The number ${p.text} cannot be kept exactly. Write it in quotes.`,
  ),
};
