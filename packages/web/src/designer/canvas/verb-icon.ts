import {
  ArrowDownUp,
  Box,
  Braces,
  Code,
  Combine,
  CopyMinus,
  Database,
  EyeOff,
  FileCode2,
  Filter,
  FunctionSquare,
  Group,
  Grid3x3,
  HardDriveDownload,
  Layers2,
  ListEnd,
  Merge,
  PaintBucket,
  PencilRuler,
  Pipette,
  Puzzle,
  Rows3,
  Search,
  Shuffle,
  Sigma,
  SquareSplitHorizontal,
  TableProperties,
  type LucideIcon,
} from 'lucide-react';

import { verbEntry } from '../model/verb-entries.ts';

/** Of verbs that have a picture of their own. */
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
  code: Code,
  template: Puzzle,
  window: Group,
  sort: ArrowDownUp,
  limit: ListEnd,
  sample: Pipette,
  dedupe: CopyMinus,
  fill: PaintBucket,
  pivot: Grid3x3,
  unpivot: Rows3,
};

export function verbIcon(verb: string | undefined): LucideIcon {
  return (verb === undefined ? undefined : ICONS[verb]) ?? Box;
}

export function stageOf(
  verb: Parameters<typeof verbEntry>[0],
): 'source' | 'transform' | 'check' | 'destination' {
  return verbEntry(verb)?.stage ?? 'transform';
}
