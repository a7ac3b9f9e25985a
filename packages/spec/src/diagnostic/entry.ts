export type Severity = 'error' | 'warning' | 'info';

/** One thing that can be wrong: how bad it is, and the message for a person, made from its parameters alone. */
export interface Entry<Params> {
  readonly severity: Severity;
  readonly message: (params: Params) => string;
}

export const entry = <Params = object>(
  severity: Severity,
  message: (params: Params) => string,
): Entry<Params> => ({ severity, message });
