import { entry } from '../entry.ts';
import { hint, type Names } from '../wording.ts';

/** What a project lacks: environments, variables, secrets, connectors. */
export const projectDiagnostics = {
  environmentUnknown: entry<{ name: string; nearest: Names }>(
    'error',
    (p) => `There is no environment '${p.name}'.${hint(p.nearest, [], '')} Add it under environments.`,
  ),
  variableMissing: entry<{ name: string; key: string }>(
    'error',
    (p) =>
      `'${p.key}' needs the environment variable ${p.name}, which is not set. Set it, or write another value.`,
  ),
  secretMissing: entry<{ name: string; key: string; nearest: Names }>(
    'error',
    (p) =>
      `'${p.key}' needs the secret '${p.name}', which this project does not have.${hint(p.nearest, [], '')} Add it with: millrace secrets set ${p.name}`,
  ),
  connectorUnknown: entry<{ connection: string; connector: string; nearest: Names; known: Names }>(
    'error',
    (p) =>
      `Connection '${p.connection}' has the type '${p.connector}', which is no connector.${hint(p.nearest, p.known, 'Known')}`,
  ),
};
