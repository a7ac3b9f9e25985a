import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

const ROOT = import.meta.dirname;

interface Room {
  /** Other packages it may import. */
  readonly packages: readonly string[];
  readonly libraries: readonly string[];
  /** Other packages of which it may import types. */
  readonly packagesOfTypes?: readonly string[];
  /** Packages that its tests may import besides, each with the reason. */
  readonly packagesOfTests?: Readonly<Record<string, string>>;
  /** False for rooms that run in any runtime: no `node:` import. */
  readonly usesNode: boolean;
}

/** The table of ARCHITECTURE.md as data. */
const ROOMS: Readonly<Record<string, Room>> = {
  spec: { packages: [], libraries: ['zod', 'yaml'], usesNode: false },
  sql: { packages: [], libraries: [], usesNode: false },
  compiler: {
    packages: ['spec', 'sql'],
    libraries: [],
    packagesOfTests: { engine: 'the SqlAnalyser that DuckDB answers for, instead of one made up' },
    usesNode: false,
  },
  'connector-sdk': { packages: ['spec', 'sql'], libraries: ['zod', 'hucre'], usesNode: true },
  connectors: {
    packages: ['spec', 'sql', 'connector-sdk'],
    libraries: ['zod', '@duckdb/node-api', '@noble/ed25519', 'mysql2', 'pg'],
    usesNode: true,
  },
  engine: {
    packages: ['spec', 'sql', 'compiler', 'connector-sdk'],
    libraries: ['@duckdb/node-api', '@duckdb/node-bindings', 'hucre', 'isolated-vm'],
    usesNode: true,
  },
  advisor: {
    packages: ['spec', 'sql', 'compiler'],
    libraries: [],
    packagesOfTests: { engine: 'the SqlAnalyser that DuckDB answers for: what is generated must compile' },
    usesNode: false,
  },
  'control-plane': {
    packages: ['spec', 'sql', 'compiler', 'engine', 'advisor', 'connector-sdk'],
    libraries: ['croner', 'kysely', 'pg', 'zod'],
    usesNode: true,
  },
  server: {
    packages: ['spec', 'compiler', 'engine', 'connector-sdk', 'connectors', 'control-plane'],
    libraries: ['hono', '@hono/node-server', 'zod'],
    usesNode: true,
  },
  web: {
    packages: ['spec', 'compiler'],
    // The operations' types are the client's: they are erased before anything reaches a browser.
    packagesOfTypes: ['control-plane'],
    libraries: [
      '@base-ui/react',
      '@codemirror',
      '@fontsource-variable',
      '@lezer/highlight',
      '@tanstack',
      '@xyflow/react',
      'cmdk',
      'codemirror',
      'driver.js',
      'echarts',
      'i18next',
      'lucide-react',
      'react',
      'react-dom',
    ],
    usesNode: false,
  },
  cli: {
    packages: [
      'spec',
      'sql',
      'compiler',
      'engine',
      'advisor',
      'connector-sdk',
      'connectors',
      'control-plane',
      'server',
    ],
    libraries: ['commander', '@clack/prompts', 'zod', 'yaml'],
    usesNode: true,
  },
};

/** Only composition roots may know which connectors exist. */
const COMPOSITION_ROOTS = ['cli', 'server'];

/** Breaches that stand, each with its reason; one that is not used any more fails. */
const WAIVERS: Readonly<Record<string, string>> = {};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
  readonly isOfTypes: boolean;
}

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '');
const sources = tracked.filter((path) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(path));
const imports = sources.flatMap(importsOf);
const usedWaivers = new Set<string>();

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    room: file.split('/')[1] as string,
    specifier: (match[1] ?? match[2] ?? match[3]) as string,
    isOfTypes: /^\s*(?:import|export) type\b/.test(match[0]),
  }));
}

function isTest(file: string): boolean {
  return /\.test\.tsx?$|\/harness\/|\/testing\/|\/conformance\//.test(file);
}

function breaches(find: (entry: Import) => string | undefined): string[] {
  return imports.flatMap((entry) => {
    const breach = find(entry);
    if (breach === undefined) return [];
    const text = `${entry.file}: ${breach}`;
    if (WAIVERS[text] === undefined) return [text];
    usedWaivers.add(text);
    return [];
  });
}

/** The entries a package declares; each must be the index of a folder. */
function doorsOf(room: string): string[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'packages', room, 'package.json'), 'utf8')) as {
    exports: string | Record<string, string>;
  };
  const entries = typeof manifest.exports === 'string' ? { '.': manifest.exports } : manifest.exports;
  return Object.entries(entries).flatMap(([door, file]) =>
    file.endsWith('/index.ts') ? [`@millrace/${room}${door.slice(1)}`] : [],
  );
}

function packageOf(specifier: string): string | undefined {
  return /^@millrace\/([^/]+)/.exec(specifier)?.[1];
}

describe('the house', () => {
  it('has a rule for every room', () => {
    const rooms = readdirSync(join(ROOT, 'packages'));
    expect(rooms.filter((room) => ROOMS[room] === undefined)).toEqual([]);
  });

  it('imports follow the table, so that a room can be understood without its neighbours', () => {
    expect(
      breaches(({ file, room, specifier, isOfTypes }) => {
        const rule = ROOMS[room] as Room;
        if (specifier.startsWith('.')) return undefined;
        const other = packageOf(specifier);
        if (other !== undefined) {
          if (other === room)
            return specifier === `@millrace/${room}` ? 'imports its own package by name' : undefined;
          const isAllowed =
            rule.packages.includes(other) ||
            (isOfTypes && rule.packagesOfTypes?.includes(other)) ||
            (isTest(file) && Object.hasOwn(rule.packagesOfTests ?? {}, other));
          return isAllowed ? undefined : `${room} may not import ${specifier}`;
        }
        if (specifier.startsWith('node:'))
          return rule.usesNode || isTest(file)
            ? undefined
            : `${room} runs in any runtime, without ${specifier}`;
        if (isTest(file)) return undefined;
        return rule.libraries.some((library) => specifier === library || specifier.startsWith(`${library}/`))
          ? undefined
          : `${room} may not import ${specifier}`;
      }),
    ).toEqual([]);
  });

  it('a package is entered through its index, because the rest may change', () => {
    const doors = Object.keys(ROOMS).flatMap(doorsOf);
    const testDoors = ['@millrace/connector-sdk/testing', '@millrace/connector-sdk/conformance'];
    expect(
      breaches(({ file, specifier }) => {
        if (specifier.startsWith('.')) {
          const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
          const home = file.split('/').slice(0, 2).join('/');
          // Tests start what people start.
          const isOpen = target.startsWith(`${home}/`) || (isTest(file) && target.startsWith('bin/'));
          return isOpen ? undefined : `reaches out of its package to ${target}`;
        }
        if (packageOf(specifier) === undefined) return undefined;
        if (!doors.includes(specifier)) return `imports past an index: ${specifier}`;
        return isTest(file) || !testDoors.includes(specifier)
          ? undefined
          : `takes test equipment into the product: ${specifier}`;
      }),
    ).toEqual([]);
  });

  it('a connector knows no other connector', () => {
    expect(
      breaches(({ file, room, specifier }) => {
        const own = /^packages\/connectors\/src\/([^/]+)\//.exec(file)?.[1];
        if (room !== 'connectors' || own === undefined || !specifier.startsWith('.')) return undefined;
        const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
        return target.startsWith(`packages/connectors/src/${own}/`) ? undefined : `reaches into ${target}`;
      }),
    ).toEqual([]);
  });

  it('only composition roots import the connectors, so that the engine works with any', () => {
    expect(
      breaches(({ room, specifier }) =>
        packageOf(specifier) === 'connectors' && !COMPOSITION_ROOTS.includes(room)
          ? `${room} imports the connectors`
          : undefined,
      ),
    ).toEqual([]);
  });

  it('has no cycle of files', () => {
    const graph = new Map<string, string[]>(sources.map((file) => [file, []]));
    for (const { file, specifier } of imports) {
      if (!specifier.startsWith('.') || isTest(file)) continue;
      graph.get(file)?.push(relative(ROOT, resolve(ROOT, dirname(file), specifier)));
    }
    expect(findCycles(graph)).toEqual([]);
  });

  it('shared places name no connector: they read the registry', () => {
    const folder = join(ROOT, 'packages/connectors/src');
    const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    // `files` is a word of its own; the systems are what must not be listed.
    const systems = names.filter((name) => name !== 'files');
    const shared = tracked.filter((path) =>
      /^(\.ci\/|tools\/|vitest\.config|packages\/(connector-sdk|engine|compiler|control-plane)\/src\/)/.test(
        path,
      ),
    );
    const named = shared.filter((path) => {
      // The store keeps its own tables in one of two databases, whatever connectors there are.
      if (path === 'packages/control-plane/src/store/store-dialect.ts') return false;
      if (!/\.(ts|mjs|json|run)$|\.ci\/run$/.test(path)) return false;
      const text = readFileSync(join(ROOT, path), 'utf8');
      const listed = systems.filter((name) => new RegExp(`['"\`]${name}['"\`]`).test(text));
      return listed.length > 1;
    });
    expect(named).toEqual([]);
  });

  it('no room is called common, because an owner was not found', () => {
    expect(
      tracked.filter((path) => /(^|\/)(utils?|helpers?|common|shared|misc|lib|core)(\/|\.tsx?$)/.test(path)),
    ).toEqual([]);
  });

  it('private members are private at run time too', () => {
    const sources = tracked.filter((path) => /\.tsx?$/.test(path));
    const worded = /^ +private (?!constructor\b)/m;
    expect(sources.filter((path) => worded.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
  });

  it('every package index says what the package owns', () => {
    const indexes = readdirSync(join(ROOT, 'packages')).map((room) => `packages/${room}/src/index.ts`);
    expect(indexes.filter((path) => !/^(\/\*\*|\/\/ )/.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual(
      [],
    );
  });

  it('has no waiver that is not used', () => {
    expect(Object.keys(WAIVERS).filter((waiver) => !usedWaivers.has(waiver))).toEqual([]);
  });
});

function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push([...path.slice(start), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
