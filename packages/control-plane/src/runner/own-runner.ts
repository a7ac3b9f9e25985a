import type { OperationContext } from '../operation-context.ts';
import type { Runner } from './runner-client.ts';

/**
 * The context with a runner process that nobody else uses, started when it is needed and ended with this. In a process that
 * does one thing, its runner is such a one already: it begins to end while the process finishes.
 */
export function withOwnRunner(context: OperationContext): OperationContext & AsyncDisposable {
  let runner: Runner | undefined;
  if (context.warehouseHost === undefined)
    return {
      ...context,
      runner: () => (runner = context.runner()),
      [Symbol.asyncDispose]: async () => {
        // Whoever has it waits for its end.
        void runner?.[Symbol.asyncDispose]();
      },
    };
  return {
    ...context,
    runner: () => {
      if (!runner || runner.isDead) runner = context.startRunner();
      return runner;
    },
    [Symbol.asyncDispose]: async () => runner?.[Symbol.asyncDispose](),
  };
}
