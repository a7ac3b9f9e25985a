import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { Context, Hono } from 'hono';

import type { ServerEnvironment } from '../server-environment.ts';

const compress = promisify(gzip);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const COMPRESSED = /^\.(?:css|html|js|json|svg|txt|webmanifest)$/;
/** The bundler puts a hash of the content into these names: what they hold never changes. */
const HASHED_FOLDER = '/assets/';

interface PortalFile {
  readonly type: string;
  readonly bytes: Buffer<ArrayBuffer>;
  readonly gzipped: Buffer<ArrayBuffer> | undefined;
}

/**
 * Serves the built portal. Its files are listed once and asked for by their names in that list, so that no path of a
 * request reaches the file system; every other path that a browser opens is a page of the portal.
 */
export async function addPortalRoutes(app: Hono<ServerEnvironment>, folder: string): Promise<void> {
  const paths = new Map((await listFiles(folder)).map((name) => [`/${name}`, join(folder, name)]));
  const files = new Map<string, Promise<PortalFile>>();
  const load = (name: string): Promise<PortalFile> | undefined => {
    const path = paths.get(name);
    if (path === undefined) return undefined;
    const loaded = files.get(name) ?? loadFile(path);
    files.set(name, loaded);
    return loaded;
  };
  app.get('*', async (c) => {
    const found = c.req.path === '/' ? undefined : load(c.req.path);
    // Names of objects have dots too: `/datasets/warehouse%2Fraw.orders` is a page.
    const isFile =
      Object.hasOwn(TYPES, extname(c.req.path)) && !/\btext\/html\b/.test(c.req.header('accept') ?? '');
    const isPage = !c.req.path.startsWith(HASHED_FOLDER) && !isFile;
    const file = await (found ?? (isPage ? load('/index.html') : undefined));
    if (file === undefined) return c.text(isPage ? NOT_BUILT : 'There is no such file.', isPage ? 503 : 404);
    const isKept = found !== undefined && c.req.path.startsWith(HASHED_FOLDER);
    return send(c, file, isKept ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
}

function send(c: Context, file: PortalFile, cacheControl: string): Response {
  const isGzipped = file.gzipped !== undefined && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  return c.body(isGzipped && file.gzipped ? file.gzipped : file.bytes, 200, {
    'content-type': file.type,
    'cache-control': cacheControl,
    vary: 'accept-encoding',
    ...(isGzipped ? { 'content-encoding': 'gzip' } : {}),
  });
}

async function loadFile(path: string): Promise<PortalFile> {
  const extension = extname(path);
  const bytes = await readFile(path);
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    bytes,
    gzipped: COMPRESSED.test(extension) ? await compress(bytes) : undefined,
  };
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

const NOT_BUILT =
  'The portal is not built. Run npm start once, or: node_modules/.bin/vite build packages/web. The API answers meanwhile.';
