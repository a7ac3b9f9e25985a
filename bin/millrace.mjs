#!/usr/bin/env node
// Plain JavaScript that an older Node can parse: it only finds the command line, and a Node that runs it.
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { programFile } from './compiled.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 24 || (major === 24 && minor >= 12)) {
  const cacheFolder = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  module.enableCompileCache(join(cacheFolder, 'millrace', 'compiled'));
  await import(pathToFileURL(programFile('packages/cli/src/main.ts')).href);
} else {
  const { become, minimumVersion, usableNode } = await import('./local-node.mjs');
  const node = usableNode();
  if (node === undefined) {
    console.error(
      `Millrace needs Node ${minimumVersion} or newer and runs on ${process.versions.node}: run \`npm ci\` in its folder.`,
    );
    process.exit(1);
  }
  become(node, process.argv.slice(1));
}
