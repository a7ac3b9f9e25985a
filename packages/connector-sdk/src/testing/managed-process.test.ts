import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { startProcess } from './managed-process.ts';

const { signal } = new AbortController();
const script = (code: string): { command: string; args: string[] } => ({
  command: process.execPath,
  args: ['-e', code],
});

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

it('is ready when its output says so, and stops on request', async () => {
  const port = await freePort();
  const code = `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('listening'))`;
  const server = await startProcess({ ...script(code), readyText: /listening/ }, signal);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  expect(await server.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  expect(server.isRunning).toBe(false);
  expect(await server.stop()).toEqual({ code: null, signal: 'SIGTERM' });
});

it('is killed when it does not stop in time', async () => {
  const code = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('deaf')`;
  const deaf = await startProcess({ ...script(code), readyText: /deaf/, stopTimeoutMs: 100 }, signal);
  expect(await deaf.stop()).toEqual({ code: null, signal: 'SIGKILL' });
});

it('says why when it ends before it is ready', async () => {
  const code = `console.error('no such option'); process.exit(3)`;
  await expect(startProcess({ ...script(code), readyText: /ready/ }, signal)).rejects.toThrow(
    /exit code 3 before it was ready[^]*no such option/,
  );
});

it('says so when the program does not exist', async () => {
  const start = startProcess({ command: '/nowhere/program', args: [], readyText: /ready/ }, signal);
  await expect(start).rejects.toThrow('/nowhere/program');
});

it('leaves nothing behind when it is not ready in time', async () => {
  const code = `console.log('pid ' + process.pid); setInterval(() => undefined, 1000)`;
  const late = startProcess({ ...script(code), readyText: /never/, readyTimeoutMs: 300 }, signal);
  const message = await late.then(() => '', String);
  expect(message).toContain('was not ready in time');
  expect(isAlive(Number(/pid (\d+)/.exec(message)?.[1]))).toBe(false);
});

it('stops waiting when it is aborted', async () => {
  const code = 'setInterval(() => undefined, 1000)';
  const start = startProcess({ ...script(code), readyText: /never/ }, AbortSignal.timeout(50));
  await expect(start).rejects.toThrow('aborted due to timeout');
});

it.runIf(process.platform === 'linux')(
  'dies with the process that started it, however that dies',
  async () => {
    const module = JSON.stringify(`${import.meta.dirname}/managed-process.ts`);
    const parent = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { startProcess } from ${module};
      const child = await startProcess({ command: 'sleep', args: ['100'] }, new AbortController().signal);
      console.log(child.processId);
      setInterval(() => undefined, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const processId = Number(output.toString());
    expect(isAlive(processId)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    for (let waited = 0; waited < 2000 && isAlive(processId); waited += 20) await setTimeout(20);
    expect(isAlive(processId)).toBe(false);
  },
);
