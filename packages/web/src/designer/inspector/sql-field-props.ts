import type { DocumentPath, DraftStep } from '@millrace/spec';

import type { FieldFrameProps } from '../../ui/field-frame.tsx';

/** A field for SQL and the editor in it. */
export interface SqlFieldProps {
  readonly step: DraftStep;
  readonly frame: FieldFrameProps;
  readonly path: DocumentPath;
  readonly value: string;
  readonly placeholder: string;
}
