import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder named, else the nearest parent with a project file, else the current one (whose lack of it is then said). */
export function findProjectFolder(workingFolder: string, named: string | undefined): string {
  if (named !== undefined) return resolve(workingFolder, named);
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'millrace.yaml'))) return folder;
    if (dirname(folder) === folder) return workingFolder;
  }
}
