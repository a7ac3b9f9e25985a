// A Ctrl-C reaches the whole foreground group; the parent decides what it means and cancels by message.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const [{ serveRunner }, { registry }, { loadDataPlane }] = await Promise.all([
  import('./runner/serve-runner.ts'),
  import('./registry.ts'),
  import('@millrace/engine'),
]);

const served = serveRunner(
  { registry, registryModule: new URL('./registry.ts', import.meta.url) },
  {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => process.on('message', listener),
    onDisconnect: (listener) => process.on('disconnect', listener),
  },
);
// The parent is still reading documents: use the time.
await loadDataPlane();
await served;
process.exit(0);
