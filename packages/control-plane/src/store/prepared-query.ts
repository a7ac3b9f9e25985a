import { sql, type Compilable, type CompiledQuery, type RawBuilder } from 'kysely';

import type { Store } from './open-store.ts';

type Values = Readonly<Record<string, string | number>>;
type Places<Given extends Values> = { readonly [Name in keyof Given]: RawBuilder<Given[Name]> };

/** Where a value of a query goes that is known when it is asked. */
class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that comes with every request: built and compiled once for each store, which takes longer than most take to run.
 * `examples` name its values and say of which type they are; `build` gets their places, and depends on nothing else.
 */
export function prepareQuery<Given extends Values, Row>(
  examples: Given,
  build: (db: Store['db'], given: Places<Given>) => Compilable<Row>,
): (db: Store['db'], given: Given) => Promise<readonly Row[]> {
  const compiled = new WeakMap<Store['db'], CompiledQuery<Row>>();
  const places = Object.fromEntries(
    Object.keys(examples).map((name) => [name, sql`${new Place(name)}`]),
  ) as Places<Given>;
  return async (db, given) => {
    const query = compiled.get(db) ?? build(db, places).compile();
    compiled.set(db, query);
    const parameters = query.parameters.map((value) => (value instanceof Place ? given[value.name] : value));
    return (await db.executeQuery<Row>({ ...query, parameters })).rows;
  };
}
