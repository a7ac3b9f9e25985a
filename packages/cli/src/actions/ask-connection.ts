import { cancel, password, select, text } from '@clack/prompts';
import type { ConnectorRegistry } from '@millrace/connector-sdk';
import { PipelineError } from '@millrace/connector-sdk';
import { listSettings } from '@millrace/control-plane';

/** Asks a person for what a new connection needs and was not given. */
export async function askConnection(
  registry: ConnectorRegistry,
  givenType: string | undefined,
  given: Readonly<Record<string, string>>,
): Promise<{ readonly type: string; readonly settings: Record<string, string> }> {
  const definitions = await Promise.all(Object.values(registry).map((load) => load()));
  const type =
    givenType ??
    answered(
      await select({
        message: 'Which system?',
        options: definitions.map((definition) => ({
          value: definition.name,
          label: definition.title,
          hint: definition.summary,
        })),
      }),
    );
  const settings = { ...given };
  const definition = definitions.find((candidate) => candidate.name === type);
  for (const setting of definition ? listSettings(definition) : []) {
    if (setting.name in settings || setting.isAdvanced) continue;
    const message = `${setting.title}${setting.isRequired ? '' : ' (optional)'}: ${setting.description}`;
    const fallback = hintOf(setting.default) || hintOf(setting.examples[0]);
    const answer = setting.isSecret
      ? answered(await password({ message }))
      : answered(
          await text({
            message,
            placeholder: fallback,
            validate: (value) => (setting.isRequired && !value ? `${setting.title} is needed.` : undefined),
          }),
        );
    if (answer !== undefined && answer !== '') settings[setting.name] = answer;
  }
  return { type, settings };
}

/** A value as a person would type it; nothing for what has no such form. */
function hintOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? `${value}`
    : '';
}

function answered<T extends string>(answer: T | symbol): T {
  if (typeof answer !== 'symbol') return answer;
  cancel('Nothing was changed.');
  throw new PipelineError({
    code: 'cancelled',
    blame: 'config',
    retry: 'never',
    message: 'Nothing was added.',
  });
}
