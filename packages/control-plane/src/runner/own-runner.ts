import type { OperationContext } from '../operation-context.ts';
import type { Runner } from './runner-client.ts';

/**
 * The context with a runner process that nobody else uses, started when it is needed and ended with this. In a process that
 * does one thing, its runner is such a one already.
 */
export function withOwnRunner(context: OperationContext): OperationContext & AsyncDisposable {
  if (context.warehouseHost === undefined)
    return { ...context, [Symbol.asyncDispose]: async () => undefined };
  let runner: Runner | undefined;
  return {
    ...context,
    runner: () => {
      if (!runner || runner.isDead) runner = context.startRunner();
      return runner;
    },
    [Symbol.asyncDispose]: async () => runner?.[Symbol.asyncDispose](),
  };
}
