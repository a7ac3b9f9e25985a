import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { ButtonLink } from '../../ui/button-link.tsx';

/** The way into the wizard, for those who may go it. */
export function ConnectLink({ label }: { readonly label: string }): ReactNode {
  const mayConnect = useMay('connection.write');
  return mayConnect ? (
    <ButtonLink href="/connections/new" kind="primary" icon={Plus} data-tour="connect">
      {label}
    </ButtonLink>
  ) : null;
}
