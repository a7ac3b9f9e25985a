import { PipelineError, toPlainPipelineError } from '@millrace/connector-sdk';
import type { PlainPipelineError } from '@millrace/connector-sdk';
import type { Diagnostic } from '@millrace/spec';
import { ZodError } from 'zod';

import { DocumentError } from '../project/document-error.ts';
import type { Redactor } from '../secrets/redactor.ts';
import { toSystemFailure } from '../system-failure.ts';

/** A diagnostic as it is told: what its message was made of stays behind. */
export type ToldDiagnostic = Omit<Diagnostic, 'params'>;

/** How an operation's failure is said to a caller in another process. */
export interface OperationError {
  readonly code: string;
  readonly message: string;
  readonly blame?: PlainPipelineError['blame'];
  readonly retry?: PlainPipelineError['retry'];
  /** For wrong documents: every reason, with its place. */
  readonly diagnostics?: readonly ToldDiagnostic[];
}

/** The thing, the reason and the next step, without secrets; what nobody foresaw is a defect and is said to be one. */
export function toOperationError(error: unknown, redactor: Redactor): OperationError {
  // What failed first; closing things afterwards failed for the same reason.
  if (error instanceof SuppressedError) return toOperationError(error.suppressed, redactor);
  if (error instanceof DocumentError)
    return {
      code: 'documentInvalid',
      message: redactor.text(error.message),
      diagnostics: error.diagnostics.map(({ code, severity, message, path, range, fixes, usedBy }) => ({
        code,
        severity,
        message: redactor.text(message),
        path,
        range,
        fixes,
        ...(usedBy === undefined ? {} : { usedBy }),
      })),
    };
  if (error instanceof ZodError) {
    const issues = error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${sayIssue(issue)}`);
    return { code: 'commandInvalid', message: issues.join('; ') };
  }
  if (error instanceof PipelineError) {
    const { code, blame, retry, message } = toPlainPipelineError(error);
    return { code, blame, retry, message: redactor.text(message) };
  }
  const failure = toSystemFailure(error);
  if (failure !== undefined) return toOperationError(failure, redactor);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'internal',
    message: redactor.text(`This is a defect of Millrace; please report it. ${message}`),
  };
}

function sayIssue(issue: ZodError['issues'][number]): string {
  return issue.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}.` : issue.message;
}

/** Whether the caller has to change what was asked, or a document; else it was tried and failed. */
export function isRefusal({ code, blame }: OperationError): boolean {
  return (
    code === 'documentInvalid' ||
    code === 'commandInvalid' ||
    code === 'configInvalid' ||
    (code === 'queryFailed' && blame === 'config')
  );
}
