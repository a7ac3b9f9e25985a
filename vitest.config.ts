import { defineConfig } from 'vitest/config';

import { compiledCode } from './tools/vitest/compiled-code.ts';

// Half of what a test's process, its threads and its children do is loading the same modules: their compiled code is kept.
process.env['NODE_COMPILE_CACHE'] ??= compiledCode;

export default defineConfig({
  test: {
    include: ['packages/**/*.test.ts', 'tools/**/*.test.ts', 'e2e/**/*.test.ts', 'architecture.test.ts'],
    exclude: ['**/node_modules/**', '**/.millrace/**', 'packages/web/**/*.dom.test.ts'],
    globalSetup: ['./tools/vitest/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    // The first use of a server on a machine fetches and initialises it.
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    // Node runs the sources as they are, in tests as in production: no transformation, no second module loader.
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
