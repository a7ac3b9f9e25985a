import { PipelineError } from '@millrace/connector-sdk';

/** What a person typed, as commander read it. */
export interface CommandInput {
  readonly arguments: readonly (string | undefined)[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

export function listOption(input: CommandInput, name: string): readonly string[] {
  const value = input.options[name];
  return Array.isArray(value) ? value : [];
}

/** `name=value` of each option, by name; the last of a name holds. Throws `configInvalid` for anything else. */
export function parameterOptions(input: CommandInput): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listOption(input, 'param').map((text) => {
      const equals = text.indexOf('=');
      if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)] as const;
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `--param takes name=value, not "${text}".`,
      });
    }),
  );
}

/** A whole number above zero. Throws `configInvalid` for anything else. */
export function countOption(input: CommandInput, name: string): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `--${name} takes a whole number above zero, not "${text}".`,
  });
}
