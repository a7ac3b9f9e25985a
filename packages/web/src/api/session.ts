import type { Caller, Invited, OperationError, Permission } from '@millrace/control-plane';
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';

import { CallError } from './call.ts';

/** Who the server takes this browser for. */
export interface Session {
  readonly project: string | null;
  readonly isAuthOff: boolean;
  /** Nobody can sign in yet: the server printed a link that makes the administrator. */
  readonly needsSetup: boolean;
  readonly caller: Caller | null;
  readonly permissions: readonly Permission[];
}

export interface Acceptance {
  readonly token: string;
  readonly password: string;
  readonly email?: string;
  readonly name?: string;
}

export function useSession(): UseQueryResult<Session> {
  return useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => send<Session>('GET', '/api/session', undefined, signal),
    staleTime: 60_000,
  });
}

/** Whether the person may do this; what they may not is not offered. The server decides again. */
export function useMay(permission: Permission): boolean {
  const { data } = useSession();
  return data?.permissions.includes(permission) ?? false;
}

export function signIn(email: string, password: string): Promise<unknown> {
  return send('POST', '/api/session', { email, password });
}

/** A whole new page follows: nothing that this person saw stays in it. */
export async function signOut(): Promise<void> {
  await send('DELETE', '/api/session');
  window.location.assign('/sign-in');
}

/** Throws `CallError` (404) when the link is used or too old. */
export function lookAtInvitation(token: string, signal: AbortSignal): Promise<Invited> {
  return send<Invited>('POST', '/api/setup/look', { token }, signal);
}

/** Sets the password of an invitation, and signs in. */
export function acceptInvitation(acceptance: Acceptance): Promise<unknown> {
  return send('POST', '/api/setup', acceptance);
}

async function send<Answer>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer as Answer;
  throw new CallError(response.status, (answer as { readonly error: OperationError }).error);
}
