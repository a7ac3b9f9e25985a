import { LOCK_TIMEOUT } from '../session/session.ts';
import { execute, type Publication } from './publication.ts';
import { sqlName, sqlTable, type TargetTable } from './target-table.ts';

/** Statements that give the new table ($2) the owner and the rights of the old one ($1), and no others. */
const RIGHTS = `SELECT format('ALTER TABLE %s OWNER TO %I', $2::text, pg_get_userbyid(o.relowner)), 1 FROM pg_class o, pg_class n
  WHERE o.oid = $1::oid AND n.oid = $2::regclass AND o.relowner <> n.relowner
UNION ALL
SELECT DISTINCT format('REVOKE ALL ON TABLE %s FROM %s', $2::text, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END), 2
  FROM pg_class n, aclexplode(n.relacl) a WHERE n.oid = $2::regclass
UNION ALL
SELECT format('GRANT %s ON TABLE %s TO %s%s', a.privilege_type, $2::text,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
    CASE WHEN a.is_grantable AND a.grantee <> o.relowner THEN ' WITH GRANT OPTION' ELSE '' END), 3
  FROM pg_class o, aclexplode(coalesce(o.relacl, acldefault('r', o.relowner))) a WHERE o.oid = $1::oid
ORDER BY 2`;

const LOCK_TRIES = 60;

/** Puts the loaded table in the place of the old one. Both happen at the commit, in one step for every reader. */
export async function swapTable(
  publication: Publication,
  staged: string,
  target: TargetTable | undefined,
): Promise<void> {
  const { request, session, subject, signal } = publication;
  const table = sqlTable(request.table);
  if (target !== undefined) {
    await lockExclusively(publication);
    const rights = await session.query(RIGHTS, subject, signal, [target.oid, staged]);
    for (const [statement] of rights) await execute(publication, statement ?? '');
    await execute(publication, `DROP TABLE ${table}`);
  }
  await execute(publication, `ALTER TABLE ${staged} RENAME TO ${sqlName(request.table.name)}`);
}

/**
 * Waits for readers to finish without making new ones queue behind us: a request for the lock that is not granted at
 * once is withdrawn and made again.
 */
export async function lockExclusively(publication: Publication): Promise<void> {
  const { request } = publication;
  const lock = `LOCK TABLE ${sqlTable(request.table)} IN ACCESS EXCLUSIVE MODE`;
  for (let attempt = 1; ; attempt += 1) {
    await execute(publication, `SAVEPOINT swap; SET LOCAL lock_timeout = '1s'`);
    try {
      await execute(publication, lock);
      await execute(publication, `RELEASE SAVEPOINT swap; SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      return;
    } catch (error) {
      const isBusy = error instanceof Error && error.message.includes('(SQLSTATE 55P03)');
      if (!isBusy || attempt === LOCK_TRIES) throw error;
      await execute(publication, 'ROLLBACK TO SAVEPOINT swap');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
