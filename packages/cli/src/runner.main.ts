import { useCompileCache } from './compile-cache.ts';

useCompileCache();

// A Ctrl-C reaches the whole foreground group; the parent decides what it means and cancels by message.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const [{ serveRunner }, { registry }] = await Promise.all([import('./runner/serve-runner.ts'), import('./registry.ts')]);

await serveRunner(
  { registry, registryModule: new URL('./registry.ts', import.meta.url) },
  {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => process.on('message', listener),
    onDisconnect: (listener) => process.on('disconnect', listener),
  },
);
process.exit(0);
