import type { PlannedStep } from '@millrace/compiler';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { locateNowhere } from '@millrace/spec';
import { afterAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';

import { Redactor } from '../secrets/redactor.ts';
import { SecretStore } from '../secrets/secret-store.ts';
import { resolveMaskKeys } from './resolve-mask-keys.ts';

const folder = temporaryFolder('mask-keys');
afterAll(() => folder.remove());

const secrets = new SecretStore(join(folder.path, 'secrets.json'), {
  passphrase: 'a passphrase',
  keyFile: join(folder.path, 'key'),
});
const LONG = 'correct horse battery staple';

const stepWith = (maskKey: string): PlannedStep => ({
  ref: 'people',
  step: 'people',
  verb: 'mask',
  inputs: [],
  sql: '',
  columns: [],
  uses: [],
  maskKey,
  key: [],
  incrementality: { kind: 'rowwise' },
  keptBecause: null,
  fingerprint: '',
});

async function resolve(maskKey: string) {
  const redactor = new Redactor();
  const environment = { LONG, SHORT: 'short' };
  const steps = [stepWith(maskKey)];
  const sources = { environment, secrets, redactor };
  return { redactor, ...(await resolveMaskKeys({ steps }, locateNowhere('pipeline.yaml'), sources)) };
}

describe('keys of masks', () => {
  it('come from the environment and from the secrets, and no text lets them out', async () => {
    await secrets.write('MASK_KEY', LONG);
    for (const reference of ['${env:LONG}', '${secret:MASK_KEY}']) {
      const { keys, diagnostics, redactor } = await resolve(reference);
      expect([keys, diagnostics]).toEqual([{ [reference]: LONG }, []]);
      expect(redactor.text(`a ${LONG} b`)).not.toContain('horse');
    }
  });

  it('are told at their place when they are missing or can be guessed', async () => {
    await secrets.write('MASK_KEY', LONG);
    const told = async (reference: string) =>
      (await resolve(reference)).diagnostics.map(({ code, path, message }) => [
        code,
        path.join('.'),
        message,
      ]);
    const [gone] = await told('${env:GONE}');
    expect(gone?.slice(0, 2)).toEqual(['variableMissing', 'steps.people.mask.key']);
    const [unknown] = await told('${secret:MASK_KEI}');
    expect(unknown?.slice(0, 2)).toEqual(['secretMissing', 'steps.people.mask.key']);
    expect(unknown?.[2]).toContain("'MASK_KEY'");
    const [short] = await told('${env:SHORT}');
    expect(short?.[0]).toBe('valueInvalid');
    expect(short?.[2]).not.toMatch(/'short'/);
  });
});
