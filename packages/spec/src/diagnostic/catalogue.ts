export type Severity = 'error' | 'warning' | 'info';

type Names = readonly string[];

/** What each diagnostic tells a program; the message is made from nothing else. */
export interface DiagnosticParams {
  // The text
  yamlSyntax: { reason: string };
  documentTooLarge: { characters: number; limit: number };
  documentTooDeep: { limit: number };
  aliasesTooMany: { limit: number };
  aliasUnknown: { name: string };
  severalDocuments: object;
  tagRefused: { tag: string };
  keyDuplicate: { key: string; firstLine: number };
  keyNotText: object;
  keyReserved: { key: string };
  numberInexact: { text: string };
  // The shape
  keyUnknown: { key: string; nearest: Names; allowed: Names };
  keyMissing: { key: string; within: string };
  /** `key` is empty for the document as a whole. */
  typeWrong: { key: string; expected: string; actual: string };
  valueWrong: { key: string; value: string; allowed: Names; nearest: Names };
  valueInvalid: { key: string; reason: string };
  versionUnsupported: { version: string; supported: string };
  nameInvalid: { name: string; thing: string };
  durationInvalid: { key: string; text: string };
  sizeInvalid: { key: string; text: string };
  /** `position` counts the characters of the pattern from 1. */
  patternInvalid: { key: string; pattern: string; position: number; reason: string };
  verbMissing: { step: string; verbs: Names };
  verbUnknown: { step: string; verb: string; nearest: Names; verbs: Names };
  verbAmbiguous: { step: string; verbs: Names };
  referenceInvalid: { text: string; reason: string };
  referenceUnquoted: { text: string };
  environmentUnknown: { name: string; nearest: Names };
  variableMissing: { name: string; key: string };
  secretMissing: { name: string; key: string; nearest: Names };
  connectorUnknown: { connection: string; connector: string; nearest: Names; known: Names };
  // The graph
  stepUnknown: { step: string; from: string; nearest: Names };
  stepNotReadable: { step: string; from: string; verb: string };
  outputUnknown: { step: string; from: string; nearest: Names; known: Names };
  stepCycle: { steps: Names };
  sourceUnused: { step: string };
  checkStepUnknown: { step: string; check: string; to: string; nearest: Names };
  checkStepNotReadable: { step: string; check: string; to: string; verb: string };
  checksUnsupported: { step: string };
  notRunYet: { key: string };
  nothingToDo: object;
  // Connections and tables
  connectionUnknown: { connection: string; nearest: Names; known: Names };
  connectionNotSource: { connection: string; connector: string };
  connectionNotDestination: { connection: string; connector: string };
  tableReferenceInvalid: { text: string };
  tableUnknown: { connection: string; table: string; nearest: Names };
  tableAmbiguous: { connection: string; table: string };
  tablesNoneMatch: { connection: string; include: Names; exclude: Names };
  schemaUnsupported: { connection: string; connector: string; schema: string };
  targetDuplicate: { target: string; first: string; second: string };
  targetReserved: { target: string; connection: string; connector: string; prefix: string };
  targetIsSource: { table: string; connection: string };
  tableRenamed: { table: string; to: string; reason: string };
  // Loading
  loadModeUnsupported: { connection: string; connector: string; mode: string; supported: Names };
  writeModeUnsupported: { connection: string; connector: string; mode: string; supported: Names };
  incrementalReplaces: { table: string };
  appendGrows: { table: string };
  cursorMissing: { table: string; candidates: Names };
  cursorUnused: { table: string; connector: string };
  cursorUnfit: { table: string; column: string; type: string; candidates: Names };
  cursorIsText: { table: string; column: string };
  cursorNullable: { table: string; column: string; candidates: Names };
  cursorUnindexed: { table: string; column: string; rows: number; candidates: Names };
  cursorLeftOut: { table: string; column: string };
  lookbackUnfit: { table: string; column: string; type: string; expected: string };
  keyNeeded: { table: string; write: string };
  keyColumnNullable: { table: string; column: string };
  keyLeftOut: { table: string; column: string };
  detectNeedsMerge: { table: string; write: string };
  detectUnsupported: { table: string; connection: string; connector: string };
  deletesNeedMerge: { table: string; write: string; deletes: string };
  deletesNeverSeen: { table: string; deletes: string };
  detectIgnored: { table: string };
  // Columns
  columnUnknown: { table: string; column: string; role: string; nearest: Names };
  columnsNoneMatch: { table: string; pattern: string };
  columnsEmpty: { table: string };
  columnReserved: { table: string; column: string; reason: string };
  columnRenamed: { table: string; column: string; to: string; reason: string };
  typeNotKept: { table: string; column: string; type: string; connector: string };
  // Steps
  columnTwice: { step: string; column: string };
  stepColumnsEmpty: { step: string; key: string };
  typeNotHeld: { step: string; column: string; type: string };
  typesDiffer: { step: string; column: string; types: Names };
  unionLacks: { step: string; input: string; missing: Names; nearest: Names };
  joinTypesDiffer: { left: string; leftType: string; right: string; rightType: string };
  joinNamesClash: { step: string; column: string; left: string; right: string };
  conversionUnknown: { step: string; column: string; type: string; to: string };
  columnUnfit: { step: string; verb: string; column: string; type: string; expected: string };
  orderMissing: { step: string; what: string; key: string };
  windowCallNotLast: { column: string };
  fillTypeDiffers: { column: string; type: string; valueType: string };
  fillNotNumeric: { column: string; type: string; with: string };
  valueUnfit: { column: string; type: string; value: string };
  // Checks
  checkNameTwice: { step: string; name: string };
  checkColumnUnfit: { check: string; column: string; type: string; expected: string };
  checkValueUnfit: { check: string; column: string; type: string; value: string };
  checkNeverPasses: { check: string; reason: string };
  checkTypesDiffer: { check: string; left: string; leftType: string; right: string; rightType: string };
  checkConversionUnknown: { column: string; type: string; to: string };
  checkConditionType: { type: string };
  checkSetsNothingAside: { condition: string };
  checkSumInexact: { column: string; type: string };
  checkSchemaDiffers: { step: string; differences: Names };
  // SQL
  sqlSyntax: { reason: string };
  sqlColumnUnknown: { name: string; nearest: Names };
  sqlFunctionUnknown: { name: string; nearest: Names };
  sqlTableUnknown: { name: string; nearest: Names };
  sqlTypeWrong: { reason: string };
  sqlForbidden: { reason: string };
  sqlRefused: { reason: string };
  sqlNotHere: { step: string; what: string };
  sqlNotDeterministic: { functions: Names };
  sqlOrderOpen: { function: string };
}

export type DiagnosticCode = keyof DiagnosticParams;

interface Entry<Params> {
  readonly severity: Severity;
  readonly message: (params: Params) => string;
}

const entry = <Params>(severity: Severity, message: (params: Params) => string): Entry<Params> => ({
  severity,
  message,
});

const MAX_LISTED = 8;

function list(names: Names): string {
  const shown = names.slice(0, MAX_LISTED).join(', ');
  return names.length > MAX_LISTED ? `${shown} and ${names.length - MAX_LISTED} more` : shown;
}

/** ` Did you mean 'x'?`, else what else there is. */
function hint(nearest: Names, known: Names, words: string): string {
  if (nearest.length > 0) return ` Did you mean ${nearest.map((name) => `'${name}'`).join(' or ')}?`;
  return known.length > 0 ? ` ${words}: ${list(known)}.` : '';
}

function choose(candidates: Names, otherwise: string): string {
  return candidates.length > 0 ? `Choose ${list(candidates)}, or ${otherwise}.` : `Use ${otherwise}.`;
}

/** The one list of everything that can be wrong with a document: code, severity, and the message for a person. */
export const CATALOGUE: { readonly [Code in DiagnosticCode]: Entry<DiagnosticParams[Code]> } = {
  yamlSyntax: entry('error', (p) => `This is not valid YAML: ${p.reason}`),
  documentTooLarge: entry(
    'error',
    (p) =>
      `The document has ${p.characters} characters; the limit is ${p.limit}. Split it into several pipelines.`,
  ),
  documentTooDeep: entry(
    'error',
    (p) =>
      `The document is nested deeper than ${p.limit} levels. No key of the language needs that; flatten it.`,
  ),
  aliasesTooMany: entry(
    'error',
    (p) => `The document uses more than ${p.limit} aliases (*name). Write the values out.`,
  ),
  aliasUnknown: entry(
    'error',
    (p) => `The alias *${p.name} has no anchor &${p.name} before it. Write the value out.`,
  ),
  severalDocuments: entry(
    'error',
    () => `A file holds one document; this one goes on after '---'. Move the rest to a file of its own.`,
  ),
  tagRefused: entry('error', (p) => `The tag ${p.tag} is not allowed. Write the plain value.`),
  keyDuplicate: entry(
    'error',
    (p) => `The key '${p.key}' stands twice in this map, first in line ${p.firstLine}. Remove one.`,
  ),
  keyNotText: entry('error', () => `A key must be plain text, not a list, a map or nothing.`),
  keyReserved: entry('error', (p) => `'${p.key}' cannot be a key. Use another name.`),
  numberInexact: entry('error', (p) => `The number ${p.text} cannot be kept exactly. Write it in quotes.`),

  keyUnknown: entry('error', (p) => `Unknown key '${p.key}'.${hint(p.nearest, p.allowed, 'Known here')}`),
  keyMissing: entry('error', (p) => `'${p.key}' is missing in ${p.within}. Add it.`),
  typeWrong: entry(
    'error',
    (p) => `${p.key === '' ? 'The document' : `'${p.key}'`} must be ${p.expected}, not ${p.actual}.`,
  ),
  valueWrong: entry(
    'error',
    (p) => `'${p.key}' cannot be ${p.value}.${hint(p.nearest, p.allowed, 'Allowed')}`,
  ),
  valueInvalid: entry('error', (p) => `'${p.key}' ${p.reason}.`),
  versionUnsupported: entry(
    'error',
    (p) =>
      `Version ${p.version} of the language is not known here. Use version: ${p.supported}, or a newer Millrace.`,
  ),
  nameInvalid: entry(
    'error',
    (p) =>
      `'${p.name}' cannot be the name of a ${p.thing}: use a letter first, then letters, digits, _ and -, at most 63.`,
  ),
  durationInvalid: entry(
    'error',
    (p) => `'${p.key}' is no duration: '${p.text}'. Write amounts with units, like 30s, 5m, 1h30m or 2d.`,
  ),
  sizeInvalid: entry(
    'error',
    (p) => `'${p.key}' is no size: '${p.text}'. Write an amount with a unit, like 512MiB or 2GB.`,
  ),
  patternInvalid: entry(
    'error',
    (p) =>
      `'${p.key}' is no regular expression of RE2: ${p.reason}, at character ${p.position}. Its syntax: https://github.com/google/re2/wiki/Syntax`,
  ),
  verbMissing: entry(
    'error',
    (p) => `Step '${p.step}' does nothing. Give it a verb, such as source, filter or destination.`,
  ),
  verbUnknown: entry(
    'error',
    (p) =>
      `Step '${p.step}' has no verb that this version knows; '${p.verb}' is not one.${hint(p.nearest, p.verbs, 'Known')}`,
  ),
  verbAmbiguous: entry(
    'error',
    (p) => `Step '${p.step}' has ${p.verbs.length} verbs: ${list(p.verbs)}. Make a step of each.`,
  ),
  referenceInvalid: entry(
    'error',
    (p) =>
      `${p.text} is not a reference: ${p.reason}. Write \${env:NAME} or \${secret:NAME}, and $\${ for a plain \${.`,
  ),
  referenceUnquoted: entry(
    'error',
    (p) => `Inside of braces or brackets a reference needs quotes. Write '${p.text}'.`,
  ),
  environmentUnknown: entry(
    'error',
    (p) => `There is no environment '${p.name}'.${hint(p.nearest, [], '')} Add it under environments.`,
  ),

  variableMissing: entry(
    'error',
    (p) =>
      `'${p.key}' needs the environment variable ${p.name}, which is not set. Set it, or write another value.`,
  ),
  secretMissing: entry(
    'error',
    (p) =>
      `'${p.key}' needs the secret '${p.name}', which this project does not have.${hint(p.nearest, [], '')} Add it with: millrace connections add`,
  ),
  connectorUnknown: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' has the type '${p.connector}', which is no connector.${hint(p.nearest, p.known, 'Known')}`,
  ),

  stepUnknown: entry(
    'error',
    (p) =>
      `Step '${p.step}' reads from '${p.from}', which is no step of this pipeline.${hint(p.nearest, [], '')}`,
  ),
  outputUnknown: entry(
    'error',
    (p) =>
      `Step '${p.step}' reads from '${p.from}', which is not an output of that step.${hint(p.nearest, p.known, 'It can be read as')}`,
  ),
  stepNotReadable: entry(
    'error',
    (p) =>
      `Step '${p.step}' cannot read from '${p.from}': a ${p.verb} step hands nothing on. Read from the step before it.`,
  ),
  stepCycle: entry(
    'error',
    (p) => `The steps ${p.steps.join(' → ')} read from each other in a circle. Take one connection out.`,
  ),
  sourceUnused: entry(
    'warning',
    (p) => `No step reads from '${p.step}', so it will not be loaded. Add a destination, or remove it.`,
  ),
  checkStepUnknown: entry(
    'error',
    (p) =>
      `The check '${p.check}' of step '${p.step}' compares with '${p.to}', which is no step of this pipeline.${hint(p.nearest, [], '')}`,
  ),
  checkStepNotReadable: entry(
    'error',
    (p) =>
      `The check '${p.check}' of step '${p.step}' cannot compare with '${p.to}': a ${p.verb} step hands nothing on. Compare with the step before it.`,
  ),
  checksUnsupported: entry(
    'error',
    (p) =>
      `Step '${p.step}' replicates tables, and checks are not run on those yet. Give the table that needs checks a source step and a destination step of its own, with the checks on the source.`,
  ),
  notRunYet: entry(
    'warning',
    (p) => `'${p.key}' is kept in the document, but this version does not act on it.`,
  ),
  nothingToDo: entry(
    'error',
    () => `The pipeline has no step that writes. Add a destination or a replicate step.`,
  ),

  connectionUnknown: entry(
    'error',
    (p) =>
      `There is no connection '${p.connection}'.${hint(p.nearest, p.known, 'Known')} Connections are declared in millrace.yaml.`,
  ),
  connectionNotSource: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' cannot be read: ${p.connector} is a destination only. Choose another connection.`,
  ),
  connectionNotDestination: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' cannot be written: ${p.connector} is a source only. Choose another connection.`,
  ),
  tableReferenceInvalid: entry(
    'error',
    (p) =>
      `'${p.text}' is not the name of a table. Write schema.table or table, with double quotes around parts that hold dots.`,
  ),
  tableUnknown: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' has no table '${p.table}', or its user may not read it.${hint(p.nearest, [], '')} See: millrace discover ${p.connection}`,
  ),
  tableAmbiguous: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' has several tables that read as '${p.table}'. Put double quotes around the schema and the name.`,
  ),
  tablesNoneMatch: entry(
    'error',
    (p) =>
      `No table of connection '${p.connection}' matches ${list(p.include)}${p.exclude.length > 0 ? ` without ${list(p.exclude)}` : ''}. See: millrace discover ${p.connection}`,
  ),
  schemaUnsupported: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' (${p.connector}) has no schemas, so '${p.schema}' cannot be one. Leave it out.`,
  ),
  targetDuplicate: entry(
    'error',
    (p) => `${p.first} and ${p.second} would both write ${p.target}. Give one of them another destination.`,
  ),
  targetReserved: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' (${p.connector}) cannot have a table ${p.target}: names that begin with ${p.prefix} are kept for tables of its own. Give it another destination, or leave it out.`,
  ),
  targetIsSource: entry(
    'error',
    (p) =>
      `${p.table} of connection '${p.connection}' would be read and written by the same load. Choose another destination.`,
  ),
  tableRenamed: entry('warning', (p) => `${p.table} is written as ${p.to}: ${p.reason}.`),

  loadModeUnsupported: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' (${p.connector}) cannot be read with load.mode: ${p.mode}. It can: ${list(p.supported)}.`,
  ),
  writeModeUnsupported: entry(
    'error',
    (p) =>
      `Connection '${p.connection}' (${p.connector}) cannot be written with write: ${p.mode}. It can: ${list(p.supported)}.`,
  ),
  incrementalReplaces: entry(
    'error',
    (p) =>
      `An incremental load of ${p.table} brings new rows only, and write: replace would drop all others. Use write: merge, or load.mode: full.`,
  ),
  appendGrows: entry(
    'warning',
    (p) =>
      `Each run appends all rows of ${p.table} again. Use write: replace unless copies over time are wanted.`,
  ),
  cursorMissing: entry(
    'error',
    (p) =>
      `The incremental load of ${p.table} needs a cursor: a column that rises with each change. ${choose(p.candidates, 'load.mode: full')}`,
  ),
  cursorUnused: entry(
    'error',
    (p) =>
      `${p.table} is loaded by new files (${p.connector}), so it has no cursor. Remove load.cursor and load.lookback.`,
  ),
  cursorUnfit: entry(
    'error',
    (p) =>
      `${p.table}.${p.column} cannot be a cursor: ${p.type} has no order that new rows follow. ${choose(p.candidates, 'load.mode: full')}`,
  ),
  cursorIsText: entry(
    'warning',
    (p) =>
      `The cursor ${p.table}.${p.column} is text, and text is compared by the source's collation. Use a number or a time if there is one.`,
  ),
  cursorNullable: entry(
    'warning',
    (p) =>
      `The cursor ${p.table}.${p.column} may be NULL, and rows with NULL are never seen by an incremental load; the run refuses it when it finds any. ${choose(p.candidates, 'load.mode: full')}`,
  ),
  cursorUnindexed: entry('warning', (p) =>
    `The cursor ${p.table}.${p.column} has no index, so each load scans about ${p.rows} rows. Add an index. ${p.candidates.length > 0 ? `Indexed: ${list(p.candidates)}.` : ''}`.trimEnd(),
  ),
  cursorLeftOut: entry(
    'error',
    (p) => `The cursor ${p.table}.${p.column} is not among the columns to read. Include it.`,
  ),
  lookbackUnfit: entry(
    'error',
    (p) => `load.lookback of ${p.table} must be ${p.expected}: the cursor ${p.column} is ${p.type}.`,
  ),
  keyNeeded: entry(
    'error',
    (p) =>
      `write: ${p.write} needs a key, and ${p.table} declares none. Name the columns that identify a row in key; in a replicate, exclude the table and give it steps of its own.`,
  ),
  keyColumnNullable: entry(
    'warning',
    (p) =>
      `The key column ${p.table}.${p.column} may be NULL, and NULL identifies nothing; rows with it will fail the load.`,
  ),
  keyLeftOut: entry(
    'error',
    (p) => `The key column ${p.table}.${p.column} is not among the columns to read. Include it.`,
  ),
  detectNeedsMerge: entry(
    'error',
    (p) => `load.deletes: detect of ${p.table} needs write: merge, not ${p.write}.`,
  ),
  detectUnsupported: entry(
    'error',
    (p) =>
      `Deletes of ${p.table} cannot be detected: connection '${p.connection}' (${p.connector}) cannot compare keys. Remove load.deletes, or use load.mode: full.`,
  ),
  deletesNeedMerge: entry(
    'error',
    (p) => `deletes: ${p.deletes} of ${p.table} needs write: merge, not ${p.write}. Remove it.`,
  ),
  deletesNeverSeen: entry(
    'warning',
    (p) =>
      `deletes: ${p.deletes} has no effect on ${p.table}: an incremental load does not see which rows are gone. Add load.deletes: detect where the source can, or use load.mode: full.`,
  ),
  detectIgnored: entry(
    'warning',
    (p) =>
      `load.deletes: detect has no effect on ${p.table}: deletes: ignore keeps rows that are gone. Remove one of them.`,
  ),

  columnUnknown: entry(
    'error',
    (p) =>
      `${p.table} has no column '${p.column}' (${p.role}).${hint(p.nearest, [], '') || ' Name one of its columns; in a replicate, exclude the table and give it steps of its own.'}`,
  ),
  columnsNoneMatch: entry('warning', (p) => `No column of ${p.table} matches '${p.pattern}'.`),
  columnsEmpty: entry(
    'error',
    (p) => `No column of ${p.table} is left to read. Widen columns.include or shorten columns.exclude.`,
  ),
  columnReserved: entry(
    'error',
    (p) =>
      `The column ${p.table}.${p.column} stands in the way: ${p.reason}. Leave it out with columns.exclude, or rename it at the source.`,
  ),
  columnRenamed: entry(
    'warning',
    (p) => `The column ${p.table}.${p.column} is written as ${p.to}: ${p.reason}.`,
  ),
  typeNotKept: entry(
    'error',
    (p) =>
      `${p.table}.${p.column} (${p.type}) cannot be kept by ${p.connector}. Leave it out with columns.exclude.`,
  ),

  columnTwice: entry(
    'error',
    (p) => `Step '${p.step}' would have two columns '${p.column}'. Give one of them another name.`,
  ),
  stepColumnsEmpty: entry('error', (p) => `No column is left in step '${p.step}'. Change '${p.key}'.`),
  typeNotHeld: entry(
    'error',
    (p) =>
      `Column '${p.column}' of step '${p.step}' has the type ${p.type}, which no table can hold. Cast it, for example to VARCHAR or to a number.`,
  ),
  typesDiffer: entry(
    'error',
    (p) =>
      `Column '${p.column}' has types that no single one can hold (${list(p.types)}). Cast it in a select or derive step before '${p.step}'.`,
  ),
  unionLacks: entry(
    'error',
    (p) =>
      `Step '${p.input}' lacks ${list(p.missing)}, which another input of '${p.step}' has.${hint(p.nearest, [], '')} Set columns: all to fill what is missing with NULL, or columns: common to leave it out.`,
  ),
  joinTypesDiffer: entry(
    'error',
    (p) =>
      `${p.left} (${p.leftType}) and ${p.right} (${p.rightType}) cannot be compared without changing one of them. Cast one side in a select step before.`,
  ),
  joinNamesClash: entry(
    'error',
    (p) =>
      `Both '${p.left}' and '${p.right}' have a column '${p.column}'. Set prefixRight, or list the columns to take in columnsRight.`,
  ),
  conversionUnknown: entry(
    'error',
    (p) =>
      `Step '${p.step}' cannot convert ${p.column}: it is ${p.type}, no value of which is a ${p.to}. Choose a type that is close, or derive the column.`,
  ),
  columnUnfit: entry(
    'error',
    (p) =>
      `Step '${p.step}' cannot ${p.verb} ${p.column}: it is ${p.type}, not ${p.expected}. Choose another column, or convert it in a step before.`,
  ),
  orderMissing: entry(
    'error',
    (p) =>
      `${p.what} depends on the order of the rows, and step '${p.step}' has none. Say in '${p.key}' what the rows are ordered by.`,
  ),
  windowCallNotLast: entry(
    'error',
    (p) =>
      `'${p.column}' must end with the call that looks over the window, as in: price - lag(price). Put that call last, or combine columns in a derive step after this one.`,
  ),
  fillTypeDiffers: entry(
    'error',
    (p) =>
      `'${p.column}' is ${p.type} and cannot hold the value, which is ${p.valueType}. Cast the value, or the column in a select step before.`,
  ),
  fillNotNumeric: entry(
    'error',
    (p) =>
      `'${p.column}' is ${p.type}, which has no ${p.with}. Fill it with: mode, with: previous or a value.`,
  ),
  valueUnfit: entry(
    'error',
    (p) =>
      `${p.value} cannot be a value of ${p.column}, which is ${p.type}. Write a value of that type, in quotes unless it is a number, true or false.`,
  ),

  checkNameTwice: entry(
    'error',
    (p) =>
      `Two checks of step '${p.step}' have the name '${p.name}', so their history would be mixed. Give one another name.`,
  ),
  checkColumnUnfit: entry(
    'error',
    (p) =>
      `${p.check} cannot check ${p.column}: it is ${p.type}, not ${p.expected}. Choose another column or check.`,
  ),
  checkValueUnfit: entry(
    'error',
    (p) =>
      `${p.value} cannot be compared with ${p.column}, which is ${p.type}. Write a value of that type, in quotes unless it is a number, true or false.`,
  ),
  checkNeverPasses: entry(
    'error',
    (p) => `Nothing can pass this ${p.check}: ${p.reason}. Correct the bounds.`,
  ),
  checkTypesDiffer: entry(
    'error',
    (p) =>
      `${p.check} cannot compare ${p.left} (${p.leftType}) with ${p.right} (${p.rightType}). Cast one side in a select step before.`,
  ),
  checkConversionUnknown: entry(
    'error',
    (p) => `${p.column} is ${p.type}, which never converts to ${p.to}. Check text, or a type that is close.`,
  ),
  checkConditionType: entry(
    'error',
    (p) => `The condition is ${p.type}, not true or false. Compare it with something.`,
  ),
  checkSetsNothingAside: entry(
    'error',
    (p) =>
      `'${p.condition}' is about all rows together, so there are no single rows to set aside. Use onFailure: stop or warn.`,
  ),
  checkSumInexact: entry(
    'warning',
    (p) =>
      `${p.column} is ${p.type}, whose sum depends on the order of the rows in its last digits. Set a tolerance, or cast it to a decimal.`,
  ),
  checkSchemaDiffers: entry(
    'warning',
    (p) =>
      `The check will fail, as step '${p.step}' is now: ${p.differences.join('; ')}. Correct the check or the step.`,
  ),

  sqlSyntax: entry('error', (p) => `This is not valid SQL: ${p.reason}. Write it in DuckDB's dialect.`),
  sqlColumnUnknown: entry(
    'error',
    (p) => `There is no column '${p.name}'.${hint(p.nearest, [], '') || ' Name a column of the inputs.'}`,
  ),
  sqlFunctionUnknown: entry(
    'error',
    (p) => `There is no function '${p.name}'.${hint(p.nearest, [], '') || " Use one of DuckDB's."}`,
  ),
  sqlTableUnknown: entry(
    'error',
    (p) =>
      `The query reads '${p.name}', which is none of its inputs.${hint(p.nearest, [], '')} List it under from.`,
  ),
  sqlTypeWrong: entry(
    'error',
    (p) => `The types do not fit: ${p.reason}. Cast what differs, as in CAST(x AS DATE).`,
  ),
  sqlForbidden: entry(
    'error',
    (p) =>
      `The SQL of a pipeline computes over its inputs and does nothing else, but ${p.reason}. Take that out; other data comes in by a source step.`,
  ),
  sqlRefused: entry('error', (p) => `DuckDB cannot run this: ${p.reason}. Write it in another way.`),
  sqlNotHere: entry('error', (p) => `An expression of step '${p.step}' cannot hold ${p.what}.`),
  sqlNotDeterministic: entry(
    'error',
    (p) =>
      `This gives another result each time it is computed (${list(p.functions)}), so that a full and an incremental run would differ. Use a column of the source instead.`,
  ),
  sqlOrderOpen: entry(
    'warning',
    (p) =>
      `What ${p.function} gives depends on the order of the rows, which differs from run to run. Say it inside of the call, as in ${p.function}(x ORDER BY y).`,
  ),
};
