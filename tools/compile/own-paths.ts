import { dirname, join, relative, resolve, sep } from 'node:path';

import type { Plugin } from 'rolldown';

/**
 * Keeps what sources find beside themselves: a file of ours that is started by its URL (a thread, a process) becomes a
 * program of its own, and every other path stays what it is in the sources.
 */
export function ownPaths(projectFolder: string, outputFolder: string): Plugin {
  const packages = join(projectFolder, 'packages') + sep;
  return {
    name: 'own-paths',
    transform(code, file) {
      if (!file.startsWith(packages) || !code.includes('import.meta')) return undefined;
      const [unknown] = /\bimport\.meta\.(?!url\b|dirname\b)\w+/.exec(code) ?? [];
      if (unknown !== undefined)
        throw new Error(`${file} uses ${unknown}: say here what it is when it is compiled.`);
      const origin = relative(outputFolder, file);
      const text = code
        .replaceAll(/\bnew URL\('(\.\/[^']+\.ts)', import\.meta\.url\)/g, (_, path: string) => {
          const id = resolve(dirname(file), path);
          const name = path.slice(2, -'.ts'.length);
          return `new URL(import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'chunk', id, name })})`;
        })
        .replaceAll(/\bimport\.meta\.url\b/g, `new URL(${JSON.stringify(origin)}, import.meta.url).href`)
        .replaceAll(
          /\bimport\.meta\.dirname\b/g,
          `${RESOLVE}(import.meta.dirname, ${JSON.stringify(dirname(origin))})`,
        );
      // An import holds wherever it stands; at the end it leaves the lines as they are.
      const imported = text.includes(RESOLVE) ? `\nimport { resolve as ${RESOLVE} } from 'node:path';\n` : '';
      return { code: text + imported, map: null };
    },
  };
}

const RESOLVE = 'resolveFromOutput';
