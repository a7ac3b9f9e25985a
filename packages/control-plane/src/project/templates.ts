import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { parseTemplate } from '@millrace/spec';
import type { ParsedTemplate, TemplateDocument } from '@millrace/spec';

import { TRANSFORMS_FOLDER } from './code-files.ts';

/** A parsed file of `transforms/`. */
export interface TemplateFile {
  /** What pipelines call it: the name that it gives itself, else that of its file. */
  readonly name: string;
  /** The path as messages name it. */
  readonly file: string;
  readonly text: string;
  readonly parsed: ParsedTemplate;
}

/** All templates of a project, sorted by path, right or wrong. Throws `configInvalid` when two have the same name. */
export async function loadTemplates(folder: string, workingFolder: string): Promise<readonly TemplateFile[]> {
  const paths = await listTemplatePaths(folder);
  const files = await Promise.all(
    paths.map(async (path): Promise<TemplateFile> => {
      const file = relative(workingFolder, path) || path;
      const text = await readFile(path, 'utf8');
      const parsed = parseTemplate(text, file);
      return { name: parsed.document?.name ?? basename(path, extname(path)), file, text, parsed };
    }),
  );
  const seen = new Map<string, TemplateFile>();
  for (const template of files) {
    const first = seen.get(template.name);
    if (first !== undefined)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `Two files say they are the template "${template.name}": ${first.file} and ${template.file}. Rename one.`,
      });
    seen.set(template.name, template);
  }
  return files;
}

/** Templates as the compiler takes them. */
export function templatesByName(files: readonly TemplateFile[]): Readonly<Record<string, TemplateFile>> {
  return Object.fromEntries(files.map((file) => [file.name, file]));
}

/** What the templates say that are right. */
export function documentsOf(files: readonly TemplateFile[]): readonly TemplateDocument[] {
  return files.flatMap(({ parsed }) => parsed.document ?? []);
}

async function listTemplatePaths(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(folder, TRANSFORMS_FOLDER));
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, TRANSFORMS_FOLDER, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
