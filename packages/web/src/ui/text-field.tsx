import { Field } from '@base-ui/react/field';
import type { ReactNode } from 'react';

import { classNames } from './class-names.ts';
import { CONTROL_LOOK, FieldFrame } from './field-frame.tsx';
import type { FieldFrameProps } from './field-frame.tsx';

export interface TextFieldProps extends FieldFrameProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  /** Hidden while it is typed, and never offered to be remembered. */
  readonly isSecret?: boolean;
  /** Values, names and ids. */
  readonly isMono?: boolean;
  readonly isFocusedFirst?: boolean;
  readonly rows?: number;
  readonly name?: string;
  readonly autoComplete?: string;
}

export function TextField({
  value,
  onChange,
  placeholder,
  isSecret = false,
  isMono = false,
  isFocusedFirst = false,
  rows,
  name,
  autoComplete = isSecret ? 'new-password' : 'off',
  ...frame
}: TextFieldProps): ReactNode {
  const look = classNames(CONTROL_LOOK, isMono && 'font-mono text-sm');
  return (
    <FieldFrame {...frame}>
      <Field.Control
        {...(rows === undefined
          ? { type: isSecret ? 'password' : 'text', className: look }
          : { render: <textarea rows={rows} />, className: classNames(look, 'h-auto py-1') })}
        {...(name === undefined ? {} : { name })}
        value={value}
        onValueChange={onChange}
        placeholder={placeholder}
        autoComplete={autoComplete}
        autoFocus={isFocusedFirst}
        spellCheck={false}
        required={frame.isRequired === true}
      />
    </FieldFrame>
  );
}
