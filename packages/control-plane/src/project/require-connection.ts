import { PipelineError } from '@millrace/connector-sdk';
import { nearestNames } from '@millrace/spec';

import type { Project } from './project.ts';

type Declared = NonNullable<Project['document']['connections']>[string];

/** A connection as `millrace.yaml` declares it; throws `configInvalid` naming near misses when there is none. */
export function requireConnection(project: Project, name: string): Declared {
  const declared = project.document.connections ?? {};
  const found = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(declared);
  const near = nearestNames(name, known);
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `There is no connection "${name}".${
      near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
    } There are: ${known.join(', ') || 'none'}.`,
  });
}
