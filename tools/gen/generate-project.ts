import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ConnectorDefinition } from '@millrace/connector-sdk';

import { checkPages } from './check-pages.ts';
import { connectorPage, typeMappingPage } from './connector-pages.ts';
import { findConnectors, registrySource } from './registry-source.ts';
import { projectSchemas } from './schemas.ts';
import { sqlFunctions } from './sql-functions.ts';
import { verbPage } from './verb-page.ts';

export interface GeneratedFile {
  /** Relative to the root. */
  readonly path: string;
  readonly content: string;
}

/** Every generated file of the tree under `root`, in an order in which later ones may depend on earlier ones. */
export async function* generateProject(root: string): AsyncGenerator<GeneratedFile> {
  const folder = join(root, 'packages/connectors/src');
  const names = await findConnectors(folder);
  yield { path: 'packages/connectors/src/registry.generated.ts', content: registrySource(names) };

  const definitions = await loadDefinitions(folder, names);
  for (const definition of definitions) {
    const notes = join(folder, definition.name, 'notes.md');
    yield {
      path: `docs/reference/connectors/${definition.name}.md`,
      content: await connectorPage(definition, notes),
    };
  }
  yield { path: 'docs/guide/type-mapping.md', content: typeMappingPage(definitions) };
  yield* await checkPages(root);
  yield await verbPage(root);
  yield { path: 'packages/web/src/designer/model/sql-functions.generated.ts', content: await sqlFunctions() };
  yield* projectSchemas(definitions);
}

async function loadDefinitions(
  folder: string,
  names: readonly string[],
): Promise<ConnectorDefinition<never>[]> {
  return Promise.all(
    names.map(async (name) => {
      const module = (await import(pathToFileURL(join(folder, name, 'connector.ts')).href)) as {
        connector: ConnectorDefinition<never>;
      };
      if (module.connector?.name !== name) {
        throw new Error(
          `packages/connectors/src/${name}/connector.ts must export \`connector\` with the name ${JSON.stringify(name)}.`,
        );
      }
      return module.connector;
    }),
  );
}
