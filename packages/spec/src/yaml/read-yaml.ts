import { readPieces } from './read-pieces.ts';
import { DOCUMENT_LIMITS, readYamlWhole, type ReadYaml } from './read-yaml-whole.ts';
import { YamlMemory } from './yaml-memory.ts';

/** Reads YAML as plain data with a place for every node; never throws. What `memory` knows from before is not read again. */
export function readYaml(text: string, file: string, memory = new YamlMemory()): ReadYaml {
  const pieces = text.length > DOCUMENT_LIMITS.characters ? undefined : readPieces(text, file, memory);
  return pieces ?? readYamlWhole(text, file);
}
