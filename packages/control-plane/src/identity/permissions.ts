/** From the fewest rights to all: a role may do what the ones before it may. */
export const ROLES = ['viewer', 'analyst', 'engineer', 'owner'] as const;

export type Role = (typeof ROLES)[number];

interface PermissionRule {
  /** The first of `ROLES` that has it. */
  readonly from: Role;
  /** Whether each use is kept in the audit log, also the ones that succeed. Denials always are. */
  readonly isAudited: boolean;
  readonly summary: string;
}

/**
 * What a caller must be allowed to do, and who is. An operation names one of these, so a use case that nobody decided
 * about does not compile; what is not listed here nobody may do.
 */
export const PERMISSIONS = {
  'project.create': { from: 'owner', isAudited: true, summary: 'Make projects and write their files' },
  'connection.read': { from: 'viewer', isAudited: false, summary: 'See connections, without their secrets' },
  'connection.write': { from: 'engineer', isAudited: true, summary: 'Add and change connections' },
  'pipeline.read': { from: 'viewer', isAudited: false, summary: 'See pipelines, plans and lineage' },
  'pipeline.write': { from: 'engineer', isAudited: true, summary: 'Make and change pipelines' },
  'draft.read': {
    from: 'engineer',
    isAudited: false,
    summary: 'Try drafts of pipelines over samples of sources',
  },
  'pipeline.run': { from: 'engineer', isAudited: true, summary: 'Run pipelines' },
  'run.read': { from: 'viewer', isAudited: false, summary: 'See runs and their logs' },
  'dataset.read': { from: 'viewer', isAudited: false, summary: 'See datasets, without their rows' },
  'dataset.write': { from: 'engineer', isAudited: true, summary: 'Say who owns datasets and what they are' },
  'data.read': { from: 'analyst', isAudited: true, summary: 'Query, sample and export rows' },
  'data.write': { from: 'engineer', isAudited: true, summary: 'Roll tables back, decide about quarantine' },
  'secret.read': { from: 'engineer', isAudited: false, summary: 'See the names of secrets' },
  'secret.write': { from: 'engineer', isAudited: true, summary: 'Set and remove secrets' },
  'account.read': { from: 'viewer', isAudited: false, summary: 'See the own API tokens' },
  'account.write': { from: 'viewer', isAudited: true, summary: 'Change the own password and API tokens' },
  'user.read': { from: 'owner', isAudited: false, summary: 'See the users and all API tokens' },
  'user.write': { from: 'owner', isAudited: true, summary: 'Invite users, change roles, disable users' },
  'audit.read': { from: 'owner', isAudited: false, summary: 'See and verify the audit log' },
} as const satisfies Readonly<Record<string, PermissionRule>>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether the role has the permission; unknown roles have none. */
export function isAllowed(role: Role, permission: Permission): boolean {
  const rule: PermissionRule = PERMISSIONS[permission];
  return ROLES.indexOf(role) >= ROLES.indexOf(rule.from);
}

/** What the role may do. */
export function permissionsOf(role: Role): readonly Permission[] {
  return listPermissions().filter((permission) => isAllowed(role, permission));
}

function listPermissions(): readonly Permission[] {
  return Object.keys(PERMISSIONS).filter((key): key is Permission => Object.hasOwn(PERMISSIONS, key));
}

/** The one of two roles that may less. */
export function lowerRole(left: Role, right: Role): Role {
  return ROLES.indexOf(left) < ROLES.indexOf(right) ? left : right;
}

/** Whether a use that succeeds is kept in the audit log. */
export function isAudited(permission: Permission): boolean {
  const rule: PermissionRule = PERMISSIONS[permission];
  return rule.isAudited;
}
