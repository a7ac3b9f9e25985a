import { useReactFlow } from '@xyflow/react';
import { Maximize, Network, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactNode } from 'react';

import { IconButton } from '../../ui/icon-button.tsx';
import { designerWords } from '../../words/designer.ts';
import { useDesigner } from '../state/use-designer.ts';

/** Zoom, the whole, and places anew. */
export function CanvasControls(): ReactNode {
  const flow = useReactFlow();
  const { state, dispatch, isReadOnly } = useDesigner();
  const hasPlaces = Object.keys(state.draft.layout).length > 0;
  return (
    <div className="bg-surface-1 border-line absolute bottom-2 left-2 z-10 flex rounded-md border">
      <IconButton
        icon={ZoomIn}
        label={designerWords('zoomIn')}
        keys="+"
        side="top"
        onClick={() => void flow.zoomIn()}
      />
      <IconButton
        icon={ZoomOut}
        label={designerWords('zoomOut')}
        keys="-"
        side="top"
        onClick={() => void flow.zoomOut()}
      />
      <IconButton
        icon={Maximize}
        label={designerWords('fit')}
        keys="0"
        side="top"
        onClick={() => void flow.fitView({ maxZoom: 1, padding: 0.12 })}
      />
      <IconButton
        icon={Network}
        label={designerWords('arrange')}
        side="top"
        isDisabled={!hasPlaces || isReadOnly}
        onClick={() => {
          dispatch({
            kind: 'edit',
            edits: [{ kind: 'removeField', path: ['layout'] }],
            label: designerWords('arrange'),
          });
          requestAnimationFrame(() => void flow.fitView({ maxZoom: 1, padding: 0.12 }));
        }}
      />
    </div>
  );
}
