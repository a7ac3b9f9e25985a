import {
  Box,
  Braces,
  Combine,
  Database,
  EyeOff,
  FileCode2,
  Filter,
  FunctionSquare,
  Group,
  HardDriveDownload,
  Layers2,
  Merge,
  PencilRuler,
  Puzzle,
  Search,
  Shuffle,
  Sigma,
  SquareSplitHorizontal,
  TableProperties,
  type LucideIcon,
} from 'lucide-react';

import { verbEntry } from '../model/verb-entries.ts';

/** Of verbs that have a picture of their own; others have that of their group. */
const ICONS: Readonly<Record<string, LucideIcon>> = {
  source: Database,
  destination: HardDriveDownload,
  replicate: Layers2,
  filter: Filter,
  select: TableProperties,
  derive: FunctionSquare,
  aggregate: Sigma,
  join: Merge,
  lookup: Search,
  union: Combine,
  split: SquareSplitHorizontal,
  clean: PencilRuler,
  convert: Shuffle,
  mask: EyeOff,
  flatten: Braces,
  sql: FileCode2,
  code: FileCode2,
  template: Puzzle,
  window: Group,
};

export function verbIcon(verb: string | undefined): LucideIcon {
  if (verb === undefined) return Box;
  const own = ICONS[verb];
  if (own !== undefined) return own;
  return Box;
}

export function stageOf(
  verb: Parameters<typeof verbEntry>[0],
): 'source' | 'transform' | 'check' | 'destination' {
  return verbEntry(verb)?.stage ?? 'transform';
}
