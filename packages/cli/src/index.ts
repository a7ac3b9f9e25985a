/**
 * The command line: commands turned into operations of the control plane, and their results into text or JSON.
 * Refuses to know what an operation does, and to be imported: it is run. The other entry is the runner process.
 * Enter at `main.ts` (a command), `runner.main.ts` (a runner), `demo/main.ts` (the demo); commands are `commands/index.ts`.
 */
export {};
