import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { writeManifest, type Manifest } from '../stage/manifest.ts';
import { isWorthwhile } from './compact-packages.ts';
import {
  findReusable,
  listPackages,
  packageFolder,
  removeOrphans,
  toFolderName,
  type LoadPackage,
} from './package-store.ts';
import { packagesAsOf, retainPackages, type Retention } from './retain-packages.ts';

function manifest(
  runId: string,
  kind: Manifest['kind'],
  previousRunId: string | null,
  attempt = 1,
): Manifest {
  return {
    version: 1,
    pipeline: 'p',
    task: 't',
    runId,
    attempt,
    kind,
    createdAt: `2026-01-01T00:00:0${runId.at(-1)}Z`,
    source: { connection: 'c', identity: { product: 'x', version: '1', identity: 'i' }, statement: 'SELECT' },
    schemaFingerprint: 'f',
    fields: [],
    key: [],
    files: [],
    deletedKeys: [],
    rows: 0,
    rowsSent: 0,
    bytesReceived: 0,
    rejected: 0,
    position: {},
    highMark: null,
    previousRunId,
  };
}

function packages(...manifests: readonly Manifest[]): LoadPackage[] {
  return manifests.map((one) => ({ folder: `/${one.runId}-${one.attempt}`, manifest: one }));
}

async function write(taskPath: string, ...manifests: readonly Manifest[]): Promise<void> {
  for (const one of manifests) {
    const folder = packageFolder(taskPath, one.runId, one.attempt);
    mkdirSync(folder, { recursive: true });
    await writeManifest(folder, one);
  }
}

const chain = [
  manifest('r1', 'full', null),
  manifest('r2', 'delta', 'r1'),
  manifest('r3', 'delta', 'r2'),
  manifest('r4', 'full', 'r3'),
  manifest('r5', 'delta', 'r4'),
];

describe('packagesAsOf', () => {
  it('is the last full package and the deltas since', () => {
    expect(packagesAsOf(packages(...chain), 'r3')?.map((one) => one.manifest.runId)).toEqual([
      'r1',
      'r2',
      'r3',
    ]);
    expect(packagesAsOf(packages(...chain), 'r5')?.map((one) => one.manifest.runId)).toEqual(['r4', 'r5']);
  });

  it('takes the later attempt, and a compacted base before its delta', () => {
    const twice = packages(manifest('r1', 'full', null, 1), manifest('r1', 'full', null, 2));
    expect(packagesAsOf(twice, 'r1')?.[0]?.manifest.attempt).toBe(2);
    const base = { folder: '/r3-1.base', manifest: manifest('r3', 'full', 'r2') };
    expect(packagesAsOf([base, ...packages(...chain)], 'r3')?.map((one) => one.folder)).toEqual([
      '/r3-1.base',
    ]);
  });

  it('is unknown when a part is missing', () => {
    expect(packagesAsOf(packages(...chain.slice(1)), 'r3')).toBeUndefined();
    expect(packagesAsOf(packages(...chain), 'r9')).toBeUndefined();
  });
});

function keeping(states: number, sizeBytes = 1e9, compared = 0): Retention {
  return { states, sizeBytes, compared };
}

describe('retainPackages', () => {
  it('keeps what the current and the last states need', async () => {
    using folder = temporaryFolder('packages');
    await write(folder.path, ...chain, manifest('r0', 'full', null));
    await retainPackages(folder.path, 'r5', keeping(1));
    expect(readdirSync(folder.path).sort()).toEqual(['r4-1', 'r5-1']);
  });

  it('keeps a base as long as a kept state stands on it', async () => {
    using folder = temporaryFolder('packages');
    await write(folder.path, ...chain);
    await retainPackages(folder.path, 'r5', keeping(2));
    expect(readdirSync(folder.path).sort()).toEqual(['r1-1', 'r2-1', 'r3-1', 'r4-1', 'r5-1']);
  });

  it('keeps no more of the past than its size allows, and what the current state needs whatever it takes', async () => {
    const sized = chain.map((one) => ({
      ...one,
      files: [{ path: 'part.parquet', rows: 1, sizeBytes: 100, sha256: '' }],
    }));
    const left = async (keep: Retention) => {
      using folder = temporaryFolder('packages');
      for (const one of sized) {
        const path = packageFolder(folder.path, one.runId, 1);
        mkdirSync(path);
        writeFileSync(join(path, 'part.parquet'), 'x'.repeat(100));
      }
      await write(folder.path, ...sized);
      await retainPackages(folder.path, 'r5', keep);
      return readdirSync(folder.path).sort();
    };
    const all = ['r1-1', 'r2-1', 'r3-1', 'r4-1', 'r5-1'];
    expect(await left(keeping(9, 300))).toEqual(all);
    // The state of r4 costs nothing: the current one stands on it.
    expect(await left(keeping(9, 299))).toEqual(['r4-1', 'r5-1']);
    expect(await left(keeping(9, 0))).toEqual(['r4-1', 'r5-1']);
    expect(await left(keeping(9, 0, 2))).toEqual(all);
  });

  it('removes nothing when the current state is not on disk', async () => {
    using folder = temporaryFolder('packages');
    await write(folder.path, ...chain);
    expect(await retainPackages(folder.path, 'r9', keeping(0))).toEqual([]);
  });
});

describe('the package store', () => {
  it('removes attempts that died, and never a package with a manifest', async () => {
    using folder = temporaryFolder('packages');
    await write(folder.path, ...chain.slice(0, 1));
    mkdirSync(join(folder.path, 'r2-1'));
    writeFileSync(join(folder.path, 'r2-1', 'part-00000.parquet'), 'half');
    mkdirSync(join(folder.path, 'r3-1'));
    await removeOrphans(folder.path, join(folder.path, 'r3-1'));
    expect(readdirSync(folder.path).sort()).toEqual(['r1-1', 'r3-1']);
    expect(await listPackages(folder.path)).toHaveLength(1);
  });

  it('reuses only what continues the state that the destination shows', async () => {
    using folder = temporaryFolder('packages');
    await write(folder.path, ...chain);
    const wanted = {
      taskPath: folder.path,
      runId: 'r5',
      kind: 'delta',
      schemaFingerprint: 'f',
      previousRunId: 'r4',
    } as const;
    expect((await findReusable(wanted))?.manifest.runId).toBe('r5');
    expect(await findReusable({ ...wanted, previousRunId: 'r3' })).toBeUndefined();
    expect(await findReusable({ ...wanted, schemaFingerprint: 'g' })).toBeUndefined();
    expect(await findReusable({ ...wanted, kind: 'full' })).toBeUndefined();
  });

  it('names folders safely, whatever a table is called', () => {
    expect(toFolderName('publish:shop.orders')).toBe('publish%3Ashop.orders');
    expect(toFolderName('../../etc')).not.toContain('/');
    expect(toFolderName('..')).not.toBe('..');
    expect(toFolderName('😀'.repeat(64)).length).toBeLessThan(200);
    expect(toFolderName('😀'.repeat(64))).not.toBe(toFolderName('😀'.repeat(65)));
  });
});

describe('compaction', () => {
  it('is worthwhile for many deltas or large ones', () => {
    const sized = (sizeBytes: number, runId: string): Manifest => ({
      ...manifest(runId, 'delta', null),
      files: [{ path: 'p', rows: 1, sizeBytes, sha256: '' }],
    });
    expect(isWorthwhile(packages(sized(1e9, 'r1'), sized(1e6, 'r2')))).toBe(false);
    expect(isWorthwhile(packages(sized(1e8, 'r1'), sized(6e7, 'r2')))).toBe(true);
    expect(isWorthwhile(packages(...Array.from({ length: 18 }, (_, index) => sized(1, `r${index}`))))).toBe(
      true,
    );
  });
});
