import type { GivenParameters } from '@millrace/spec';

import type { Project } from './project.ts';

/**
 * What the parameters of a pipeline are given: by whoever asks, else by the environment. Without `values` it is only looked
 * at, and so it is where these need not be all (`isComplete`).
 */
export function giveParameters(
  project: Project,
  environment: string | undefined,
  values: Readonly<Record<string, string>> | undefined,
  isComplete = values !== undefined,
): GivenParameters {
  const shared = environment === undefined ? undefined : project.document.environments?.[environment];
  const defaults = Object.entries(shared?.parameters ?? {}).map(([name, value]) => {
    const path = ['environments', environment ?? '', 'parameters', name];
    return [name, { value, place: { path, range: project.locate(path) } }] as const;
  });
  return {
    values: Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, { value }])),
    defaults: Object.fromEntries(defaults),
    isComplete,
  };
}
