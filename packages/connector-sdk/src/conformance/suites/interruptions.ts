import { describe, expect, it } from 'vitest';

import type { PipelineErrorCode } from '../../pipeline-error.ts';
import type { ReadResult, Source } from '../../source.ts';
import { startTcpProxy } from '../../testing/index.ts';
import type { NetworkHarness } from '../harness.ts';
import { orderText, ordersBetween } from '../orders.ts';
import { findTable, readRows, requestFor, sortById } from '../read-rows.ts';
import { never, type SourceSubject } from '../subject.ts';

const LARGE_ROWS = 100_000;
const BROKEN: readonly PipelineErrorCode[] = ['connectionLost', 'connectionTimeout', 'protocolViolation'];

/** A read ends with all rows or with an error, whatever happens to it. */
export function describeInterruptions(subject: SourceSubject): void {
  const { harness, open, find, read, instance } = subject;
  const { network } = instance;
  let large: ReturnType<typeof harness.createLarge> | undefined;
  const largeTable = () => (large ??= harness.createLarge('large', LARGE_ROWS));

  /** Reads batch by batch; `meanwhile` happens after the first one. */
  const readLarge = async (source: Source, meanwhile: () => unknown, signal = never): Promise<ReadResult> => {
    const table = await findTable(source, await largeTable(), never);
    const reading = source.read(requestFor(table), signal);
    let isFirst = true;
    for (;;) {
      const step = await reading.next();
      if (step.done === true) return step.value;
      if (isFirst) await meanwhile();
      isFirst = false;
    }
  };

  const describeWire = (wire: NetworkHarness) =>
    describe('on the wire', () => {
      it.each(['cut', 'reset', 'halfOpen'] as const)(
        'are errors when the connection breaks: %s',
        async (how) => {
          await largeTable();
          await using proxy = await startTcpProxy({ host: wire.host, port: wire.port });
          await using source = await open(wire.through(proxy));
          await source.check(never);
          const reading = () => readLarge(source, () => proxy.break(how));
          const error = await subject.expectFailure(reading, BROKEN);
          expect(error.retry).toBe('backoff');
          expect(error.blame).toBe('source');
          // The source opens a new connection for the next read.
          expect((await readLarge(source, () => undefined)).rowsSent).toBe(LARGE_ROWS);
        },
      );

      it.each([1, 70, 700, 20_000, 3_000_001])(
        'are errors when the server falls silent after %i bytes',
        async (offset) => {
          await largeTable();
          await using proxy = await startTcpProxy({ host: wire.host, port: wire.port });
          proxy.arm({ kind: 'breakAt', how: 'cut', direction: 'fromServer', offset });
          await using source = await open(wire.through(proxy));
          const error = await subject.failureOf(() => readLarge(source, () => undefined));
          expect(error.retry, error.message).toBe('backoff');
        },
      );

      it('deliver every row over a connection that gives a few bytes at a time', async () => {
        const orders = ordersBetween(1, 40);
        const name = await harness.createOrders('slow_wire', orders);
        await using proxy = await startTcpProxy({ host: wire.host, port: wire.port });
        await using source = await open(wire.through(proxy));
        const table = await find(source, name);
        proxy.arm({ kind: 'throttle', bytesPerSecond: 20_000 });
        const { rows } = await read(source, table);
        expect(sortById(rows)).toEqual(orders.map(orderText));
      });
    });

  describe('interruptions', () => {
    it('stop within a second of a cancellation, and leave nothing broken', async () => {
      await largeTable();
      await using source = await open();
      const cancel = new AbortController();
      let cancelledAt = 0;
      const reading = () =>
        readLarge(
          source,
          () => {
            cancelledAt = performance.now();
            cancel.abort();
          },
          cancel.signal,
        );
      await subject.expectFailure(reading, ['cancelled']);
      expect(performance.now() - cancelledAt).toBeLessThan(1000);
      const result = await readLarge(source, () => undefined);
      expect(result.rowsSent).toBe(LARGE_ROWS);
    });

    it('do not start what was cancelled before', async () => {
      const name = await harness.createOrders('cancelled_before', ordersBetween(1, 5));
      await using source = await open();
      const table = await find(source, name);
      const cancelled = AbortSignal.abort();
      const request = requestFor(table);
      await subject.expectFailure(
        () => readRows(source, request, harness.readParquet, cancelled),
        ['cancelled'],
      );
      await subject.expectFailure(
        () => source.discover({ include: [], exclude: [] }, cancelled),
        ['cancelled'],
      );
      expect((await read(source, table)).rows.length).toBe(5);
    });

    it('let a consumer stop early, and read on afterwards', async () => {
      const orders = ordersBetween(1, 30);
      const name = await harness.createOrders('after_early_stop', orders);
      await largeTable();
      await using source = await open();
      const table = await findTable(source, await largeTable(), never);
      for (let time = 0; time < 3; time += 1) {
        for await (const item of source.read(requestFor(table), never)) {
          if (item.kind === 'batch' || item.rows > 0) break;
        }
      }
      const { rows } = await read(source, await find(source, name));
      expect(sortById(rows)).toEqual(orders.map(orderText));
    });

    it('do not come from reading many tables over one open source', async () => {
      const orders = ordersBetween(1, 30);
      const name = await harness.createOrders('many_reads', orders);
      await using source = await open();
      const table = await find(source, name);
      for (let time = 0; time < 60; time += 1) {
        const { rows } = await read(source, table);
        expect(rows.length).toBe(orders.length);
      }
    });

    it('do not come from two sources that read at the same time', async () => {
      await largeTable();
      const counts = await Promise.all(
        [1, 2].map(async () => {
          await using source = await open();
          return (await readLarge(source, () => undefined)).rowsSent;
        }),
      );
      expect(counts).toEqual([LARGE_ROWS, LARGE_ROWS]);
    });

    if (harness.killReads !== undefined)
      it('are errors when the server kills the statement', async () => {
        await using source = await open();
        const reading = () => readLarge(source, () => harness.killReads?.());
        const error = await subject.expectFailure(reading, ['queryKilled', ...BROKEN]);
        expect(error.retry).toBe('backoff');
        expect(error.blame).toBe('source');
        expect((await readLarge(source, () => undefined)).rowsSent).toBe(LARGE_ROWS);
      });

    if (network !== undefined) describeWire(network);
  });
}
