import { readDraft, type DocumentValue } from '@millrace/spec';

/** The value that a line of YAML says; undefined when it says none. */
export function readValue(yaml: string): { readonly value: DocumentValue } | undefined {
  const lines = yaml.split('\n').map((line) => `        ${line}`);
  const [step] = readDraft(`steps:\n  of:\n    value:\n${lines.join('\n')}\n`, '').steps;
  const value = step?.step['value'];
  return value === undefined || value === null ? undefined : { value };
}
