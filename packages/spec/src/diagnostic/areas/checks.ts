import { entry } from '../entry.ts';
import { type Names } from '../wording.ts';

/** Checks of rows. */
export const checksDiagnostics = {
  checkNameTwice: entry<{ step: string; name: string }>(
    'error',
    (p) =>
      `Two checks of step '${p.step}' have the name '${p.name}', so their history would be mixed. Give one another name.`,
  ),
  checkColumnUnfit: entry<{ check: string; column: string; type: string; expected: string }>(
    'error',
    (p) =>
      `${p.check} cannot check ${p.column}: it is ${p.type}, not ${p.expected}. Choose another column or check.`,
  ),
  checkValueUnfit: entry<{ check: string; column: string; type: string; value: string }>(
    'error',
    (p) =>
      `${p.value} cannot be compared with ${p.column}, which is ${p.type}. Write a value of that type, in quotes unless it is a number, true or false.`,
  ),
  checkNeverPasses: entry<{ check: string; reason: string }>(
    'error',
    (p) => `Nothing can pass this ${p.check}: ${p.reason}. Correct the bounds.`,
  ),
  checkTypesDiffer: entry<{
    check: string;
    left: string;
    leftType: string;
    right: string;
    rightType: string;
  }>(
    'error',
    (p) =>
      `${p.check} cannot compare ${p.left} (${p.leftType}) with ${p.right} (${p.rightType}). Cast one side in a select step before.`,
  ),
  checkConversionUnknown: entry<{ column: string; type: string; to: string }>(
    'error',
    (p) => `${p.column} is ${p.type}, which never converts to ${p.to}. Check text, or a type that is close.`,
  ),
  checkSetsNothingAside: entry<{ condition: string }>(
    'error',
    (p) =>
      `'${p.condition}' is about all rows together, so there are no single rows to set aside. Use onFailure: stop or warn.`,
  ),
  checkSumInexact: entry<{ column: string; type: string }>(
    'warning',
    (p) =>
      `${p.column} is ${p.type}, whose sum depends on the order of the rows in its last digits. Set a tolerance, or cast it to a decimal.`,
  ),
  checkSchemaDiffers: entry<{ step: string; differences: Names }>(
    'warning',
    (p) =>
      `The check will fail, as step '${p.step}' is now: ${p.differences.join('; ')}. Correct the check or the step.`,
  ),
};
