/** A file from the project's folder on, its size in bytes, and the time of its last change in milliseconds since 1970. */
export type UsedFile = readonly [path: string, size: number, mtimeMs: number];

export interface CompiledManifest {
  /** The folder of all that was compiled, from the project's folder on. */
  readonly folder: string;
  /** Compiled programs by their sources, both from the project's folder on. */
  readonly programs: Readonly<Record<string, string>>;
  readonly files: readonly UsedFile[];
}

export const manifestPath: string;
export function programFile(source: string): string;
export function compiledProgram(source: string): string | undefined;
export function readManifest(projectFolder: string): CompiledManifest | undefined;
