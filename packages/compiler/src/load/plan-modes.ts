import type { DeleteMode, WriteMode } from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import type { LoadSettings } from './load-settings.ts';

/** How the tables of a step are loaded: what follows from settings and capabilities, before any table is looked at. */
export interface LoadModes {
  readonly load: 'full' | 'incremental' | 'newFiles';
  readonly write: WriteMode;
  readonly deletes: DeleteMode;
  readonly detectsDeletes: boolean;
}

const DEFAULT_WRITE = { full: 'replace', incremental: 'merge', newFiles: 'append' } as const;

/** Undefined when the settings contradict each other or the connectors, which is reported once per step. */
export function planModes(settings: LoadSettings, compilation: Compilation): LoadModes | undefined {
  const { subject, source, destination, paths } = settings;
  const loadPath = [...paths.read, 'load'];
  const writePath = [...paths.write, 'write'];
  const load =
    settings.load.mode === 'full'
      ? 'full'
      : source.source.incrementalBy === 'newFiles'
        ? 'newFiles'
        : 'incremental';
  const write = settings.write ?? DEFAULT_WRITE[load];
  const detectsDeletes = settings.load.mode === 'incremental' && settings.load.deletes === 'detect';
  const deletes = settings.deletes ?? (detectsDeletes ? 'soft' : 'ignore');
  let isSound = true;
  const refuse: Compilation['report'] = (...problem) => {
    isSound = false;
    compilation.report(...problem);
  };

  if (!source.source.loadModes.includes(settings.load.mode)) {
    const params = {
      connection: source.name,
      connector: source.connector,
      mode: settings.load.mode,
      supported: source.source.loadModes,
    };
    refuse('loadModeUnsupported', params, [...loadPath, 'mode']);
  }
  if (!destination.destination.writeModes.includes(write)) {
    const params = {
      connection: destination.name,
      connector: destination.connector,
      mode: write,
      supported: destination.destination.writeModes,
    };
    refuse('writeModeUnsupported', params, writePath);
  }
  const useMerge = { kind: 'setField', path: writePath, value: 'merge' } as const;
  if (load !== 'full' && write === 'replace') {
    const useFull = { kind: 'setField', path: loadPath, value: { mode: 'full' } } as const;
    refuse('incrementalReplaces', { table: subject }, writePath, [useMerge, useFull]);
  }
  if (load === 'full' && write === 'append') compilation.report('appendGrows', { table: subject }, writePath);
  if (detectsDeletes && write !== 'merge')
    refuse('detectNeedsMerge', { table: subject, write }, [...loadPath, 'deletes'], [useMerge]);
  if (detectsDeletes && (load !== 'incremental' || !source.source.hasDigest)) {
    const params = { table: subject, connection: source.name, connector: source.connector };
    refuse(
      'detectUnsupported',
      params,
      [...loadPath, 'deletes'],
      [{ kind: 'removeField', path: [...loadPath, 'deletes'] }],
    );
  }
  const deletesPath = [...paths.write, 'deletes'];
  const dropDeletes = { kind: 'removeField', path: deletesPath } as const;
  if (settings.deletes !== undefined && settings.deletes !== 'ignore') {
    if (write !== 'merge')
      refuse('deletesNeedMerge', { table: subject, write, deletes }, deletesPath, [dropDeletes]);
    else if (!detectsDeletes && load !== 'full') {
      const detect = { kind: 'setField', path: [...loadPath, 'deletes'], value: 'detect' } as const;
      const fixes = load === 'incremental' && source.source.hasDigest ? [detect, dropDeletes] : [dropDeletes];
      compilation.report('deletesNeverSeen', { table: subject, deletes }, deletesPath, fixes);
    }
  }
  if (settings.deletes === 'ignore' && detectsDeletes && write === 'merge') {
    compilation.report('detectIgnored', { table: subject }, deletesPath, [dropDeletes]);
  }
  return isSound ? { load, write, deletes, detectsDeletes } : undefined;
}
