import type { ConnectorDefinition, ConnectorRegistry } from '@millrace/connector-sdk';
import type { ResolvedConnection } from '@millrace/engine';
import { checkSchema, diagnose, nearestNames, parseValueReferences } from '@millrace/spec';
import type { Diagnostic, DocumentPath, Locate } from '@millrace/spec';

import type { Redactor } from '../secrets/redactor.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { isSecretSetting } from './secret-settings.ts';
import type { Project } from './project.ts';
import { throwIfWrong } from './project.ts';

/** Where values of references come from. */
export interface ValueSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly secrets: SecretStore;
  /** Learns every secret value, so that no text lets it out. */
  readonly redactor: Redactor;
}

/** A connection as the documents describe it in one environment, references not resolved. */
export interface DeclaredConnection {
  readonly name: string;
  readonly connector: string;
  readonly definition: ConnectorDefinition<never>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly locate: Locate;
}

/** The environment that holds: the one named, else the project's default, else none. */
export function chooseEnvironment(project: Project, named: string | undefined): string | undefined {
  const environments = Object.keys(project.document.environments ?? {});
  const name = named ?? project.document.defaults?.environment;
  if (name === undefined || environments.includes(name)) return name;
  const range = project.locate(['environments']);
  throwIfWrong(
    [
      diagnose(
        'environmentUnknown',
        { name, nearest: nearestNames(name, environments) },
        { path: ['environments'], range },
      ),
    ],
    [project],
  );
  return undefined;
}

/** Finds connections and their connectors; wrong types are a `DocumentError`. Names must exist in the project. */
export async function declareConnections(
  project: Project,
  registry: ConnectorRegistry,
  environment: string | undefined,
  names: readonly string[],
): Promise<readonly DeclaredConnection[]> {
  const diagnostics: Diagnostic[] = [];
  const declared: DeclaredConnection[] = [];
  for (const name of names) {
    const base = project.document.connections?.[name];
    if (!base) {
      const known = Object.keys(project.document.connections ?? {});
      const path = ['connections'];
      diagnostics.push(
        diagnose(
          'connectionUnknown',
          { connection: name, nearest: nearestNames(name, known), known },
          { path, range: project.locate(path, 'key') },
        ),
      );
      continue;
    }
    const overrides =
      environment === undefined
        ? undefined
        : project.document.environments?.[environment]?.connections?.[name];
    const { type, ...settings } = { ...base, ...overrides, type: base.type };
    const load = Object.hasOwn(registry, type) ? registry[type] : undefined;
    if (!load) {
      const known = Object.keys(registry);
      const path = ['connections', name, 'type'];
      diagnostics.push(
        diagnose(
          'connectorUnknown',
          { connection: name, connector: type, nearest: nearestNames(type, known), known },
          { path, range: project.locate(path) },
        ),
      );
      continue;
    }
    const locate: Locate = (path, part) => {
      const isOverridden =
        typeof path[0] === 'string' && overrides !== undefined && Object.hasOwn(overrides, path[0]);
      const root: DocumentPath = isOverridden
        ? ['environments', environment ?? '', 'connections', name]
        : ['connections', name];
      return project.locate([...root, ...path], part ?? (path.length === 0 ? 'key' : 'value'));
    };
    declared.push({ name, connector: type, definition: await load(), settings, locate });
  }
  throwIfWrong(diagnostics, [project]);
  return declared;
}

/**
 * Puts values in place of references and checks the settings with the connector's schema. What is missing or wrong is a
 * `DocumentError` that names the place in `millrace.yaml`, never the value.
 */
export async function resolveConnections(
  project: Project,
  connections: readonly DeclaredConnection[],
  sources: ValueSources,
): Promise<Readonly<Record<string, ResolvedConnection>>> {
  const diagnostics: Diagnostic[] = [];
  const resolved: Record<string, ResolvedConnection> = {};
  for (const connection of connections) {
    const resolution = new Resolution(connection, sources);
    const settings = await resolution.resolve(connection.settings, []);
    diagnostics.push(...resolution.diagnostics);
    if (resolution.diagnostics.length > 0) continue;
    const checked = checkSchema(
      connection.definition.config,
      resolution.forSchema(settings),
      connection.locate,
    );
    diagnostics.push(...checked.diagnostics.map((diagnostic) => withoutValues(diagnostic, sources.redactor)));
    if (checked.diagnostics.length === 0)
      resolved[connection.name] = { connector: connection.connector, config: checked.value };
  }
  throwIfWrong(diagnostics, [project]);
  return resolved;
}

class Resolution {
  readonly diagnostics: Diagnostic[] = [];
  readonly #connection: DeclaredConnection;
  readonly #sources: ValueSources;

  constructor(connection: DeclaredConnection, sources: ValueSources) {
    this.#connection = connection;
    this.#sources = sources;
  }

  async resolve(value: unknown, path: DocumentPath): Promise<unknown> {
    if (typeof value === 'string') return await this.#resolveText(value, path);
    if (Array.isArray(value))
      return await Promise.all(value.map((item, index) => this.resolve(item, [...path, index])));
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).map(
      async ([key, item]) => [key, await this.resolve(item, [...path, key])] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  /** A number or a boolean that came through a reference is text still: `port: ${env:PORT}`. The schema says what it must be. */
  forSchema(settings: unknown): unknown {
    const plain = this.#connection.definition.config.safeParse(settings);
    if (plain.success || settings === null || typeof settings !== 'object') return settings;
    const adapted: Record<string, unknown> = { ...settings };
    for (const issue of plain.error.issues) {
      const [key] = issue.path;
      if (issue.code !== 'invalid_type' || issue.path.length !== 1 || typeof key !== 'string') continue;
      const written = this.#connection.settings[key];
      const value = adapted[key];
      if (typeof written !== 'string' || typeof value !== 'string' || written === value) continue;
      if (issue.expected === 'boolean' && /^(?:true|false)$/.test(value)) adapted[key] = value === 'true';
      if ((issue.expected === 'number' || issue.expected === 'int') && /^-?\d{1,15}$/.test(value))
        adapted[key] = Number(value);
    }
    return adapted;
  }

  async #resolveText(text: string, path: DocumentPath): Promise<string> {
    const isSecret = isSecretSetting(this.#connection.definition, path);
    let resolved = '';
    let end = 0;
    let isWhole = true;
    for (const reference of parseValueReferences(text).references) {
      const value =
        reference.scheme === 'env'
          ? this.#sources.environment[reference.name]
          : await this.#sources.secrets.read(reference.name);
      if (value === undefined) {
        await this.#reportMissing(reference.scheme, reference.name, path);
        isWhole = false;
        continue;
      }
      if (reference.scheme === 'secret') this.#sources.redactor.add(value);
      resolved += text.slice(end, reference.start).replaceAll('$${', '${') + value;
      end = reference.end;
    }
    resolved += text.slice(end).replaceAll('$${', '${');
    if (isSecret && isWhole) this.#sources.redactor.add(resolved);
    return resolved;
  }

  async #reportMissing(scheme: 'env' | 'secret', name: string, path: DocumentPath): Promise<void> {
    const key = String(path.at(-1) ?? '');
    const place = {
      path: ['connections', this.#connection.name, ...path],
      range: this.#connection.locate(path),
    };
    if (scheme === 'env') this.diagnostics.push(diagnose('variableMissing', { name, key }, place));
    else {
      const nearest = nearestNames(name, await this.#sources.secrets.names());
      this.diagnostics.push(diagnose('secretMissing', { name, key, nearest }, place));
    }
  }
}

/** A message about a wrong value may quote it; a secret one must not be quoted. */
function withoutValues(diagnostic: Diagnostic, redactor: Redactor): Diagnostic {
  return {
    ...diagnostic,
    message: redactor.text(diagnostic.message),
    params: JSON.parse(redactor.text(JSON.stringify(diagnostic.params))),
  };
}
