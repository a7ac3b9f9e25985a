import { Handle, Position } from '@xyflow/react';
import type { ReactNode } from 'react';

import { CARD } from '../model/grid.ts';

export interface PortData {
  readonly id: string;
  readonly label: string;
}

/** Where connections end at the left of a card and begin at its right. */
export function CardPorts({
  inputs,
  outputs,
  isConnectable,
}: {
  readonly inputs: readonly PortData[];
  readonly outputs: readonly PortData[];
  readonly isConnectable: boolean;
}): ReactNode {
  return (
    <>
      {inputs.map(({ id, label }, index) => (
        <Handle
          key={id}
          id={id}
          type="target"
          position={Position.Left}
          style={{ top: portTop(index, inputs.length) }}
          title={label}
          isConnectable={isConnectable}
        />
      ))}
      {outputs.map(({ id, label }, index) => (
        <Handle
          key={id}
          id={id}
          type="source"
          position={Position.Right}
          style={{ top: portTop(index, outputs.length) }}
          title={label}
          isConnectable={isConnectable}
        />
      ))}
    </>
  );
}

/** Ports share the height of the card. */
export function portTop(index: number, count: number): number {
  return (CARD.height * (index + 1)) / (count + 1);
}
