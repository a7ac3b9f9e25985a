import { datasetAddress } from '../../app/addresses.ts';

export interface DatasetRef {
  readonly connection: string;
  readonly name: string;
}

export function addressOf({ connection, name }: DatasetRef): string {
  return datasetAddress(`${connection}/${name}`);
}

/** `warehouse/raw.orders`: names of connections hold no slash. Undefined where a part is missing. */
export function parseRef(ref: string): DatasetRef | undefined {
  const slash = ref.indexOf('/');
  if (slash < 1 || slash === ref.length - 1) return undefined;
  return { connection: ref.slice(0, slash), name: ref.slice(slash + 1) };
}
