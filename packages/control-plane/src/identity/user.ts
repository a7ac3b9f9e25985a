import type { UserRow } from './identity-schema.ts';
import { ROLES } from './permissions.ts';
import type { Role } from './permissions.ts';

/** Someone who may sign in to the project. */
export interface User {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly isDisabled: boolean;
  /** False until the invitation is accepted. */
  readonly hasPassword: boolean;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

export function toUser(row: UserRow): User {
  return {
    userId: row.user_id,
    email: row.email,
    name: row.name,
    role: toRole(row.role),
    isDisabled: row.is_disabled !== 0,
    hasPassword: row.password_hash !== null,
    createdAt: new Date(Number(row.created_at)).toISOString(),
  };
}

/** A role that this version does not know may the least. */
export function toRole(text: string): Role {
  return ROLES.find((role) => role === text) ?? 'viewer';
}
