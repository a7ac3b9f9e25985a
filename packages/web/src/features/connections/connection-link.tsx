import { Cable } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { connectionAddress } from '../../app/addresses.ts';
import { ObjectCard, ObjectLink } from '../../ui/object-link.tsx';
import { connectionWords } from '../../words/connections.ts';
import { addressOf } from './connection-address.ts';
import { connectionUse } from './connection-use.ts';

/** A connection by its name, wherever it is named. */
export function ConnectionLink({ name }: { readonly name: string }): ReactNode {
  return (
    <ObjectLink href={connectionAddress(name)} card={<ConnectionCard name={name} />}>
      {name}
    </ObjectLink>
  );
}

function ConnectionCard({ name }: { readonly name: string }): ReactNode {
  const { data, isPending } = useOperation('connections/list-connections', {});
  const connection = data?.connections.find((each) => each.name === name);
  if (connection === undefined)
    return <ObjectCard icon={Cable} title={name} facts={[]} isPending={isPending} />;
  const { title, settings, usedBy } = connection;
  return (
    <ObjectCard
      icon={Cable}
      title={name}
      facts={[
        [connectionWords('system'), title],
        [connectionWords('use'), connectionUse(connection)],
        [connectionWords('address'), <span className="font-mono">{addressOf(settings)}</span>],
        [connectionWords('usedBy'), usedBy.length === 0 ? connectionWords('usedByNone') : usedBy.join(', ')],
      ]}
    />
  );
}
