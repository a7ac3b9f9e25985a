#!/usr/bin/env node
// Plain JavaScript that an older Node can parse: it only finds a Node that runs the command line's TypeScript.
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 24 || (major === 24 && minor >= 12)) {
  const cacheFolder = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  module.enableCompileCache(join(cacheFolder, 'millrace', 'compiled'));
  await import('../packages/cli/src/main.ts');
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
