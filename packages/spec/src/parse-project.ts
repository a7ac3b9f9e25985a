import { diagnose, hasErrors, type Diagnostic } from './diagnostic/diagnostic.ts';
import { nearestNames } from './diagnostic/nearest-name.ts';
import type { DocumentPath, Locate } from './diagnostic/source-range.ts';
import { projectSchema, type ProjectDocument } from './document/project-document.ts';
import { NAME_PATTERN } from './document/schema-parts.ts';
import { parseValueReferences } from './document/value-reference.ts';
import { checkSchema } from './schema/check-schema.ts';
import { readYaml } from './yaml/read-yaml.ts';

export interface ParsedProject {
  /** Present when no diagnostic is an error. Values are as written: references are not resolved. */
  readonly document?: ProjectDocument;
  readonly diagnostics: readonly Diagnostic[];
  readonly locate: Locate;
}

/** Reads `millrace.yaml`. Never throws. The settings of a connection are checked by its connector, not here. */
export function parseProject(text: string, fileName = 'millrace.yaml'): ParsedProject {
  const { value, diagnostics: syntax, locate } = readYaml(text, fileName);
  const diagnostics: Diagnostic[] = [...syntax];
  if (value === undefined) return { diagnostics, locate };
  const checked = checkSchema(projectSchema, value, locate);
  diagnostics.push(...checked.diagnostics);
  if (checked.value !== undefined) diagnostics.push(...checkProject(checked.value, locate));
  diagnostics.sort((left, right) => left.range.start.offset - right.range.start.offset);
  if (checked.value === undefined || hasErrors(diagnostics)) return { diagnostics, locate };
  return { document: checked.value, diagnostics, locate };
}

function checkProject(project: ProjectDocument, locate: Locate): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const connections = Object.keys(project.connections ?? {});
  for (const name of connections) {
    const path = ['connections', name];
    if (!NAME_PATTERN.test(name)) {
      diagnostics.push(
        diagnose('nameInvalid', { name, thing: 'connection' }, { path, range: locate(path, 'key') }),
      );
    }
  }
  const environments = Object.keys(project.environments ?? {});
  for (const [environment, { connections: overrides }] of Object.entries(project.environments ?? {})) {
    for (const name of Object.keys(overrides ?? {})) {
      if (connections.includes(name)) continue;
      const path = ['environments', environment, 'connections', name];
      const params = { connection: name, nearest: nearestNames(name, connections), known: connections };
      diagnostics.push(diagnose('connectionUnknown', params, { path, range: locate(path, 'key') }));
    }
  }
  const { environment, warehouse } = project.defaults ?? {};
  if (environment !== undefined && !environments.includes(environment)) {
    const path = ['defaults', 'environment'];
    const params = { name: environment, nearest: nearestNames(environment, environments) };
    diagnostics.push(diagnose('environmentUnknown', params, { path, range: locate(path) }));
  }
  if (warehouse !== undefined && !connections.includes(warehouse)) {
    const path = ['defaults', 'warehouse'];
    const params = {
      connection: warehouse,
      nearest: nearestNames(warehouse, connections),
      known: connections,
    };
    diagnostics.push(diagnose('connectionUnknown', params, { path, range: locate(path) }));
  }
  checkReferences(project, [], locate, diagnostics);
  return diagnostics;
}

function checkReferences(
  value: unknown,
  path: DocumentPath,
  locate: Locate,
  diagnostics: Diagnostic[],
): void {
  if (typeof value === 'string') {
    for (const problem of parseValueReferences(value).problems) {
      diagnostics.push(diagnose('referenceInvalid', problem, { path, range: locate(path) }));
    }
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => checkReferences(item, [...path, index], locate, diagnostics));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      checkReferences(item, [...path, key], locate, diagnostics);
  }
}
