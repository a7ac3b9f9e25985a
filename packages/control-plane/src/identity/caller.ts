import type { Role } from './permissions.ts';

/** Who calls an operation, as the adapter made sure of it. */
export interface Caller {
  /**
   * `local`: a person with the project's folder, on its machine; `session`: signed in at the portal; `token`: a program
   * with an API token; `anyone`: a server without sign-in.
   */
  readonly by: 'local' | 'session' | 'token' | 'anyone';
  /** Null for callers that are no user of the project. */
  readonly userId: string | null;
  readonly name: string;
  readonly role: Role;
}

/** A person with the project's folder: there is nothing to keep from them. */
export const LOCAL_CALLER: Caller = localCaller('local');

/** The same, by the name that the machine knows the person by. */
export function localCaller(name: string): Caller {
  return { by: 'local', userId: null, name, role: 'owner' };
}
