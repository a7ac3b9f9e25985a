import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

import { removeOldCode } from './compiled-code.ts';

it('forgets what was compiled more than a week ago', () => {
  using folder = temporaryFolder('compiled');
  const inside = join(folder.path, 'v24-x64');
  mkdirSync(inside);
  for (const name of ['old', 'new']) writeFileSync(join(inside, name), name);
  const day = 24 * 3600;
  utimesSync(join(inside, 'old'), 0, 0);
  utimesSync(join(inside, 'new'), 2 * day, 2 * day);
  removeOldCode(folder.path, 8 * day * 1000);
  expect([existsSync(join(inside, 'old')), existsSync(join(inside, 'new'))]).toEqual([false, true]);
  expect(() => removeOldCode(join(folder.path, 'nothing'), 0)).not.toThrow();
});
