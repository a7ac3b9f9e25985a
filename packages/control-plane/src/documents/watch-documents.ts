import { watch, type FSWatcher } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { hasErrors } from '@millrace/spec';

import type { ProjectHost } from '../project-host.ts';
import { PIPELINES_FOLDER, PROJECT_FILE } from '../project/project.ts';
import { readFileIfThere, revisionOf } from './document-file.ts';
import { listDocuments } from './find-document.ts';
import { rememberRevision } from './revisions.ts';

/** Editors write a file in several steps; what follows within this time is one change. */
const QUIET_MS = 120;

/**
 * Sees changes of the project's documents by other programs: keeps each text as a revision, and tells whoever looks. A text that is
 * wrong is kept too; the last valid one before it stays what `lastValidRevision` answers.
 */
export async function watchDocuments(
  host: Pick<ProjectHost, 'projectFolder' | 'store' | 'live'>,
): Promise<AsyncDisposable> {
  const folder = join(host.projectFolder, PIPELINES_FOLDER);
  await mkdir(folder, { recursive: true });
  let known = await look(host);
  for (const document of known.values()) await keep(host, document);
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // A file that cannot be read now is seen with the next change.
      looking = looking.then(compare).catch(() => undefined);
    }, QUIET_MS);
  };
  const compare = async (): Promise<void> => {
    const now = await look(host);
    const before = known;
    known = now;
    for (const path of new Set([...before.keys(), ...now.keys()])) {
      const document = now.get(path);
      if (document?.revision === before.get(path)?.revision) continue;
      if (document !== undefined) await keep(host, document);
      const pipeline = (document ?? before.get(path))?.pipeline ?? null;
      host.live.publish({ kind: 'document', path, pipeline });
    }
  };
  const watchers: readonly FSWatcher[] = [
    watch(folder, { persistent: false }, changed),
    watch(host.projectFolder, { persistent: false }, (_, name) => {
      if (name === PROJECT_FILE) changed();
    }),
  ];
  // A folder that goes away ends its watching, and nothing else.
  for (const each of watchers) each.on('error', () => each.close());
  return {
    async [Symbol.asyncDispose]() {
      for (const each of watchers) each.close();
      clearTimeout(timer);
      await looking;
    },
  };
}

interface SeenDocument {
  readonly revision: string;
  /** Null for the project's own. */
  readonly pipeline: string | null;
  readonly text: string;
  readonly isValid: boolean;
}

async function look(host: Pick<ProjectHost, 'projectFolder'>): Promise<ReadonlyMap<string, SeenDocument>> {
  const seen = new Map<string, SeenDocument>();
  const project = await readFileIfThere(join(host.projectFolder, PROJECT_FILE));
  if (project !== undefined)
    seen.set(PROJECT_FILE, { revision: revisionOf(project), pipeline: null, text: project, isValid: true });
  for (const { name, file, text, draft } of await listDocuments(host))
    seen.set(file, {
      revision: revisionOf(text),
      pipeline: name,
      text,
      isValid: !hasErrors(draft.diagnostics),
    });
  return seen;
}

async function keep(
  host: Pick<ProjectHost, 'store'>,
  { pipeline, text, isValid }: SeenDocument,
): Promise<void> {
  if (pipeline === null) return;
  await rememberRevision(await host.store(), { pipeline, text, isValid, origin: 'file', author: null });
}
