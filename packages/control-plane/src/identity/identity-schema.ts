/** The tables of the store about people and what they did. Of tokens and links only digests are kept. */
export interface IdentitySchema {
  readonly users: UserRow;
  readonly sessions: SessionRow;
  readonly api_tokens: ApiTokenRow;
  readonly invitations: InvitationRow;
  readonly audit_entries: AuditEntryRow;
  readonly audit_head: AuditHeadRow;
}

export interface UserRow {
  readonly user_id: string;
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  readonly role: string;
  /** Null until the invitation is accepted. */
  readonly password_hash: string | null;
  readonly is_disabled: number;
  readonly created_at: number;
}

/** Kept after its end: an address that a user signed in from is known. */
export interface SessionRow {
  readonly token_hash: string;
  readonly user_id: string;
  readonly address: string;
  readonly created_at: number;
  readonly seen_at: number;
  readonly ended_at: number | null;
}

export interface ApiTokenRow {
  readonly token_id: string;
  readonly token_hash: string;
  readonly user_id: string;
  readonly name: string;
  /** The most it may; its user's role still bounds it. */
  readonly role: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly used_at: number | null;
  readonly revoked_at: number | null;
}

export interface InvitationRow {
  readonly token_hash: string;
  /** Null in the one for the first administrator. */
  readonly user_id: string | null;
  readonly expires_at: number;
  readonly used_at: number | null;
}

/** Append-only; each hash covers the entry and the hash before it. */
export interface AuditEntryRow {
  readonly sequence: number;
  readonly at: number;
  readonly actor: string;
  readonly actor_kind: string;
  readonly user_id: string | null;
  readonly address: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly hash: string;
}

/** The one row says where the log ends, so that entries cut off at its end are missed. */
export interface AuditHeadRow {
  readonly id: number;
  readonly sequence: number;
  readonly hash: string;
}
