import type { Caller } from '../identity/caller.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import { revisionOf } from './document-file.ts';

/** What is known of a text: it has an error, it can be parsed, or it was compiled with what its sources declared. */
const WRONG = 0;
const PARSED = 1;
const COMPILED = 2;

/** How a text of a pipeline came to be known. */
export type RevisionOrigin = 'saved' | 'file' | 'restored';

/** A text that a pipeline's file has had. */
export interface DocumentRevision {
  /** Counts from 1 for each pipeline. */
  readonly number: number;
  /** Names the text. */
  readonly revision: string;
  readonly isValid: boolean;
  readonly origin: RevisionOrigin;
  /** Who saved it; null when the file was changed by another program, or nobody signs in. */
  readonly author: string | null;
  /** ISO 8601 UTC, by the store's clock. */
  readonly seenAt: string;
}

export interface SeenText {
  readonly pipeline: string;
  readonly text: string;
  readonly isValid: boolean;
  readonly origin: RevisionOrigin;
  readonly author: string | null;
}

/** Whom a saved text is ascribed to. */
export function authorOf({ userId, name }: Caller): string | null {
  return userId === null ? null : name;
}

/** Keeps a text as the newest of its pipeline, unless it is that already. Returns its revision. */
export async function rememberRevision(store: Store, seen: SeenText): Promise<string> {
  const revision = revisionOf(seen.text);
  await store.db.transaction().execute(async (db) => {
    const newest = await db
      .selectFrom('document_revisions')
      .select(['number', 'revision'])
      .where('pipeline', '=', seen.pipeline)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (newest?.revision === revision) return;
    await db
      .insertInto('document_revisions')
      .values({
        pipeline: seen.pipeline,
        number: (newest?.number ?? 0) + 1,
        revision,
        text: seen.text,
        is_valid: seen.isValid ? PARSED : WRONG,
        origin: seen.origin,
        author: seen.author,
        seen_at: storeNow,
      })
      .execute();
  });
  return revision;
}

/** The newest first. */
export async function listDocumentRevisions(
  store: Store,
  pipeline: string,
  limit: number,
): Promise<readonly DocumentRevision[]> {
  const rows = await store.db
    .selectFrom('document_revisions')
    .select(['number', 'revision', 'is_valid', 'origin', 'author', 'seen_at'])
    .where('pipeline', '=', pipeline)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    number: row.number,
    revision: row.revision,
    isValid: row.is_valid > WRONG,
    origin: row.origin,
    author: row.author,
    seenAt: new Date(Number(row.seen_at)).toISOString(),
  }));
}

/** The text of a revision; undefined when it was never seen. */
export async function findRevisionText(
  store: Store,
  pipeline: string,
  revision: string,
): Promise<string | undefined> {
  const row = await store.db
    .selectFrom('document_revisions')
    .select('text')
    .where('pipeline', '=', pipeline)
    .where('revision', '=', revision)
    .limit(1)
    .executeTakeFirst();
  return row?.text;
}

/** The newest text of a pipeline that can be parsed. */
export async function lastValidRevision(
  store: Store,
  pipeline: string,
): Promise<{ readonly revision: string; readonly text: string } | undefined> {
  const [newest] = await listSoundTexts(store, pipeline, 1);
  return newest;
}

/** Texts of a pipeline that can be parsed, the newest first. */
export async function listSoundTexts(
  store: Store,
  pipeline: string,
  limit: number,
): Promise<readonly { readonly revision: string; readonly text: string }[]> {
  return await store.db
    .selectFrom('document_revisions')
    .select(['revision', 'text'])
    .where('pipeline', '=', pipeline)
    .where('is_valid', '>', WRONG)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
}

/** Notes that a text was compiled; nothing for one that was never seen as a revision. */
export async function markCompiled(store: Store, pipeline: string, text: string): Promise<void> {
  if (await didCompile(store, pipeline, text)) return;
  await store.db
    .updateTable('document_revisions')
    .set({ is_valid: COMPILED })
    .where('pipeline', '=', pipeline)
    .where('revision', '=', revisionOf(text))
    .execute();
}

export async function didCompile(store: Store, pipeline: string, text: string): Promise<boolean> {
  const row = await store.db
    .selectFrom('document_revisions')
    .select('number')
    .where('pipeline', '=', pipeline)
    .where('revision', '=', revisionOf(text))
    .where('is_valid', '=', COMPILED)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
