import type { ConnectorRegistry } from '@millrace/connector-sdk';
import { beforeEach, describe, expect, it } from 'vitest';

import { HeldFiles } from './held-files.ts';

const log: string[] = [];
const noSignal = new AbortController().signal;

/** An embedded file that is busy for as long as nobody gives up, and systems that only say when they are opened. */
function system(name: string, extractIn: 'owner' | 'worker') {
  return async () => ({
    name,
    title: name,
    config: { parse: (config: unknown) => config },
    capabilities: { source: { extractIn } },
    async openSource({ path }: { readonly path: string }, signal: AbortSignal) {
      log.push(`open ${path}`);
      if (path === 'missing') throw new Error('There is no such file.');
      if (path === 'busy')
        await new Promise((_, reject) => {
          if (signal.aborted) reject(signal.reason);
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      return { [Symbol.asyncDispose]: async () => void log.push(`close ${path}`) };
    },
  });
}

const registry = { file: system('file', 'owner'), server: system('server', 'worker') } as Record<
  string,
  unknown
> as ConnectorRegistry;
const file = (path: string) => ({ connector: 'file', config: { path } });

beforeEach(() => {
  log.length = 0;
});

describe('HeldFiles', () => {
  it('keeps embedded files open until they are released, and leaves all others alone', async () => {
    const held = new HeldFiles();
    const server = { connector: 'server', config: { path: 'server' } };
    await held.hold([file('a'), server, { ...file('hosted'), host: '/somewhere' }], registry, noSignal);
    expect(log).toEqual(['open a']);
    await held.release();
    await held.release();
    expect(log).toEqual(['open a', 'close a']);
  });

  it('leaves it to those who use a file to say what is wrong with it', async () => {
    const held = new HeldFiles();
    await held.hold([file('missing'), file('b')], registry, noSignal);
    await held.release();
    expect(log).toEqual(['open missing', 'open b', 'close b']);
  });

  it('gives up a file that it waits for when it is released', async () => {
    const held = new HeldFiles();
    const holding = held.hold([file('busy'), file('c')], registry, noSignal);
    await held.release();
    await holding;
    expect(log).toEqual(['open busy', 'open c', 'close c']);
    await held.hold([file('d')], registry, noSignal);
    await held.release();
    expect(log.slice(3)).toEqual(['open d', 'close d']);
  });
});
