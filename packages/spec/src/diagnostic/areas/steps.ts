import { entry } from '../entry.ts';
import { hint, list, type Names } from '../wording.ts';

/** What steps make of columns. */
export const stepsDiagnostics = {
  columnTwice: entry<{ step: string; column: string }>(
    'error',
    (p) => `Step '${p.step}' would have two columns '${p.column}'. Give one of them another name.`,
  ),
  stepColumnsEmpty: entry<{ step: string; key: string }>(
    'error',
    (p) => `No column is left in step '${p.step}'. Change '${p.key}'.`,
  ),
  typeNotHeld: entry<{ step: string; column: string; type: string }>(
    'error',
    (p) =>
      `Column '${p.column}' of step '${p.step}' has the type ${p.type}, which no table can hold. Cast it, for example to VARCHAR or to a number.`,
  ),
  typesDiffer: entry<{ step: string; column: string; types: Names }>(
    'error',
    (p) =>
      `Column '${p.column}' has types that no single one can hold (${list(p.types)}). Cast it in a select or derive step before '${p.step}'.`,
  ),
  unionLacks: entry<{ step: string; input: string; missing: Names; nearest: Names }>(
    'error',
    (p) =>
      `Step '${p.input}' lacks ${list(p.missing)}, which another input of '${p.step}' has.${hint(p.nearest, [], '')} Set columns: all to fill what is missing with NULL, or columns: common to leave it out.`,
  ),
  joinTypesDiffer: entry<{ left: string; leftType: string; right: string; rightType: string }>(
    'error',
    (p) =>
      `${p.left} (${p.leftType}) and ${p.right} (${p.rightType}) cannot be compared without changing one of them. Cast one side in a select step before.`,
  ),
  joinNamesClash: entry<{ step: string; column: string; left: string; right: string }>(
    'error',
    (p) =>
      `Both '${p.left}' and '${p.right}' have a column '${p.column}'. Set prefixRight, or list the columns to take in columnsRight.`,
  ),
  conversionUnknown: entry<{ step: string; column: string; type: string; to: string }>(
    'error',
    (p) =>
      `Step '${p.step}' cannot convert ${p.column}: it is ${p.type}, no value of which is a ${p.to}. Choose a type that is close, or derive the column.`,
  ),
  columnUnfit: entry<{ step: string; verb: string; column: string; type: string; expected: string }>(
    'error',
    (p) =>
      `Step '${p.step}' cannot ${p.verb} ${p.column}: it is ${p.type}, not ${p.expected}. Choose another column, or convert it in a step before.`,
  ),
  orderMissing: entry<{ step: string; what: string; key: string }>(
    'error',
    (p) =>
      `${p.what} depends on the order of the rows, and step '${p.step}' has none. Say in '${p.key}' what the rows are ordered by.`,
  ),
  windowCallNotLast: entry<{ column: string }>(
    'error',
    (p) =>
      `'${p.column}' must end with the call that looks over the window, as in: price - lag(price). Put that call last, or combine columns in a derive step after this one.`,
  ),
  fillTypeDiffers: entry<{ column: string; type: string; valueType: string }>(
    'error',
    (p) =>
      `'${p.column}' is ${p.type} and cannot hold the value, which is ${p.valueType}. Cast the value, or the column in a select step before.`,
  ),
  fillNotNumeric: entry<{ column: string; type: string; with: string }>(
    'error',
    (p) =>
      `'${p.column}' is ${p.type}, which has no ${p.with}. Fill it with: mode, with: previous or a value.`,
  ),
  valueUnfit: entry<{ column: string; type: string; value: string }>(
    'error',
    (p) =>
      `${p.value} cannot be a value of ${p.column}, which is ${p.type}. Write a value of that type, in quotes unless it is a number, true or false.`,
  ),
};
