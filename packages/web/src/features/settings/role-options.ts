import type { Role } from '@millrace/control-plane';

import type { SelectOption } from '../../ui/select-field.tsx';
import { settingsWords } from '../../words/settings.ts';

/** From the fewest rights to all, as the server has them. */
const ROLES: readonly Role[] = ['viewer', 'analyst', 'engineer', 'owner'];

/** The roles up to this one, each with when to choose it. */
export function roleOptions(highest: Role = 'owner'): readonly SelectOption<Role>[] {
  return ROLES.slice(0, ROLES.indexOf(highest) + 1).map((role) => ({
    value: role,
    label: settingsWords(role),
    note: settingsWords(`${role}Note`),
  }));
}
