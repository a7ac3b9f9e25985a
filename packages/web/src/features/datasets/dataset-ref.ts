import { datasetAddress } from '../../app/addresses.ts';

export interface DatasetRef {
  readonly connection: string;
  readonly name: string;
}

export function addressOf({ connection, name }: DatasetRef): string {
  return datasetAddress(`${connection}/${name}`);
}

/** `warehouse/raw.orders`: names of connections hold no slash. */
export function parseRef(ref: string): DatasetRef {
  const slash = ref.indexOf('/');
  return { connection: ref.slice(0, slash), name: ref.slice(slash + 1) };
}
