import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

import { keepAnswers, recallAnswers } from './kept-answers.ts';

it('gives answers to the program that kept them, and to no other', async () => {
  using folder = temporaryFolder('answers');
  const file = join(folder.path, 'made', 'sales.json');
  expect(await recallAnswers({ file, program: 'a' })).toBeUndefined();
  await keepAnswers({ file, program: 'a' }, '{"question":1}');
  await keepAnswers({ file, program: 'a' }, '{"question":2}');
  expect(await recallAnswers({ file, program: 'a' })).toBe('{"question":2}');
  expect(await recallAnswers({ file, program: 'ab' })).toBeUndefined();
  expect(readdirSync(join(folder.path, 'made'))).toEqual(['sales.json']);
});

it('keeps nothing where it cannot write, and says nothing', async () => {
  using folder = temporaryFolder('answers');
  writeFileSync(join(folder.path, 'file'), '');
  const kept = { file: join(folder.path, 'file', 'sales.json'), program: 'a' };
  await keepAnswers(kept, '{}');
  expect(await recallAnswers(kept)).toBeUndefined();
});
