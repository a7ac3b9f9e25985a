import { describe, expect, it } from 'vitest';

import { findSecrets, freePort } from '../../testing/index.ts';
import { never, type SourceSubject } from '../subject.ts';

/** What cannot work says so in words that help, and betrays nothing. */
export function describeFailures(subject: SourceSubject): void {
  const { instance, open } = subject;
  describe('failures', () => {
    it.each(instance.wrongConfigs)('name the reason: $name', async ({ config, code, message }) => {
      const attempt = async () => {
        await using source = await open(config);
        return await source.check(never);
      };
      const error = await subject.expectFailure(attempt, [code]);
      expect(error.message).toMatch(message);
    });

    const { network } = instance;
    if (network !== undefined)
      it('name the reason: nobody listens', async () => {
        const port = await freePort();
        const config = network.through({ host: '127.0.0.1', port });
        const attempt = async () => {
          await using source = await open(config);
          return await source.check(never);
        };
        const error = await subject.expectFailure(attempt, ['connectionRefused']);
        expect(error.message).toContain(String(port));
        expect(error.retry).toBe('backoff');
      });

    it('and everything else that was said hold no secret', () => {
      expect(subject.said.length).toBeGreaterThan(0);
      const found = findSecrets(subject.said.join('\n'), instance.secrets);
      expect(found).toEqual([]);
    });
  });
}
