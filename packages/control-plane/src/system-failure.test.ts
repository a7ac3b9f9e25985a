import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

import { toSystemFailure } from './system-failure.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail and did not.');
}

it('names the file, what could not be done with it, and what to do', () => {
  using folder = temporaryFolder('system-failure');
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  expect(toSystemFailure(thrownBy(() => mkdirSync(join(file, 'below'))))).toMatchObject({
    code: 'configInvalid',
    message: `${join(file, 'below')} cannot be made: A part of the path is a file, and a folder was expected. Check the path.`,
  });
  expect(toSystemFailure(thrownBy(() => writeFileSync('/proc/none/file', '')))).toBeUndefined();
  expect(toSystemFailure(thrownBy(() => writeFileSync('/dev/full', 'x')))).toMatchObject({
    code: 'diskFull',
  });
});

it('leaves what no person can mend to be reported as a defect', () => {
  expect(toSystemFailure(new TypeError('x is undefined'))).toBeUndefined();
  expect(toSystemFailure(thrownBy(() => readFileSync('/nothing/here')))).toBeUndefined();
  expect(toSystemFailure('a text')).toBeUndefined();
});
