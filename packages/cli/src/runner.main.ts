// A Ctrl-C reaches the whole foreground group; the parent decides what it means and cancels by message.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const [{ serveRunner }, { registry }, { loadDataPlane }] = await Promise.all([
  import('./runner/serve-runner.ts'),
  import('./registry.ts'),
  import('@millrace/engine'),
]);

const served = serveRunner(
  {
    registry,
    registryModule: new URL('./registry.ts', import.meta.url),
    program: compiledProgram(process.argv[1]),
  },
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

/** The folder of the compiled program, which is called by a digest of its code; undefined for sources. */
function compiledProgram(path: string | undefined): string | undefined {
  return path === undefined ? undefined : /[\\/]dist[\\/]([0-9a-f]{16})[\\/][^\\/]+\.mjs$/.exec(path)?.[1];
}
