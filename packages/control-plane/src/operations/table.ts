import type { z } from 'zod';

import type { Operation } from '../operation.ts';
import * as exported from './index.ts';

type Exported = typeof exported;
type Operations = {
  [
    Key in keyof Exported as Exported[Key] extends Operation<infer Name, infer _Input, infer _Output>
      ? Name
      : never
  ]: Exported[Key];
};

export type OperationName = keyof Operations;
/** What a caller sends: fields with a default may be left out. */
export type OperationInput<Name extends OperationName> = z.input<Operations[Name]['input']>;
export type OperationOutput<Name extends OperationName> = z.output<Operations[Name]['output']>;

/** Every operation by its name: what HTTP routes, OpenAPI and agent tools are derived from. */
export const operationTable: ReadonlyMap<string, Operation> = new Map(
  Object.values<unknown>(exported)
    .filter(isOperation)
    .map((operation) => [operation.name, operation]),
);

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'handler' in value;
}
