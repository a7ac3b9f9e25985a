// Plain JavaScript that an older Node can parse: it says which file runs a program of the project.
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const projectFolder = fileURLToPath(new URL('..', import.meta.url));

/** What `tools/compile` writes last, from the project's folder on: where programs are, and what they were made of. */
export const manifestPath = 'dist/current.json';

/**
 * The file that runs a program, which is named by its source (`packages/cli/src/main.ts`): the compiled one while
 * everything that went into it is as it was then, else the source.
 */
export function programFile(source) {
  return projectFolder + (compiledProgram(source) ?? source);
}

/** Undefined when the program was never compiled, or from other sources than those that are there now. */
export function compiledProgram(source) {
  const manifest = readManifest(projectFolder);
  const program = manifest?.programs[source];
  return program !== undefined && manifest.files.every(isUnchanged) ? program : undefined;
}

export function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(`${folder}/${manifestPath}`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** By size and time of change: reading them all would take longer than it saves. */
function isUnchanged([path, size, mtimeMs]) {
  const found = statSync(projectFolder + path, { throwIfNoEntry: false });
  return found !== undefined && found.size === size && found.mtimeMs === mtimeMs;
}
