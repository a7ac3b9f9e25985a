import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';

import { startRunner } from '../start-runner.ts';
import type { Process } from './process.ts';

/** This process, as a command of it sees it. */
export function currentProcess(given: Pick<Process, 'arguments' | 'folder' | 'signal'>): Process {
  // A dumb terminal cannot move its cursor, so it gets what a pipe gets.
  const isTerminal =
    process.stdout.isTTY === true && process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  return {
    ...given,
    environment: process.env,
    user: userName(),
    isTerminal,
    isInputTerminal: process.stdin.isTTY === true,
    hasColours: isTerminal && process.stdout.hasColors() && !process.env['NO_COLOR'],
    get columns() {
      return process.stdout.columns ?? 100;
    },
    get rows() {
      return process.stdout.rows ?? 24;
    },
    writeOut: (chunk) => process.stdout.write(chunk),
    writeErr: (chunk) => process.stderr.write(chunk),
    readInput: () => text(process.stdin),
    startRunner,
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no user has.
    return `user ${String(process.getuid?.())}`;
  }
}

/** Fires at the first SIGINT or SIGTERM; the second ends this process, and with it its runner. */
export function interruptionSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}
