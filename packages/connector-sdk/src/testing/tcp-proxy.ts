import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { ProxyConnection } from './proxy-connection.ts';
import type { ProxyBreak, ProxyDirection, ProxyFault } from './proxy-fault.ts';

export interface TcpProxyOptions {
  readonly host: string;
  readonly port: number;
  /** Keeps every byte for `recording()`; without it the proxy only counts. */
  readonly isRecording?: boolean;
}

export interface ArmOptions {
  /** How many connections the fault may hit before it is disarmed; without it every one. */
  readonly times?: number;
  /** Only connections made from now on. */
  readonly onlyNew?: boolean;
}

/** A TCP proxy on the loopback interface that breaks connections the way networks do. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly openConnections: number;
  readonly acceptedConnections: number;
  /** How often a fault broke a connection. */
  readonly firedFaults: number;
  /** Bytes that arrived at the proxy, over all connections. */
  readonly received: Readonly<Record<ProxyDirection, number>>;
  /** Everything received in that direction, connection after connection in the order they were made. */
  recording(direction: ProxyDirection): Buffer;
  /** Arms a fault on open and future connections; it replaces the one armed before. */
  arm(fault: ProxyFault, options?: ArmOptions): void;
  /** Forwards faithfully from now on. Connections already broken stay broken. */
  disarm(): void;
  /** Breaks all open connections now. */
  break(how: ProxyBreak): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free port, which forwards to `host`:`port` until `close`. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const connections = new Set<ProxyConnection>();
  const recordings: Record<ProxyDirection, Buffer[]>[] = [];
  const received: Record<ProxyDirection, number> = { fromClient: 0, fromServer: 0 };
  let armed: ProxyFault | undefined;
  let remaining = Infinity;
  let acceptedConnections = 0;
  let firedFaults = 0;

  const fired = (): void => {
    firedFaults++;
    remaining--;
    if (remaining <= 0) disarm();
  };

  const accept = (client: Socket): void => {
    acceptedConnections++;
    if (armed?.kind === 'refuse') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      fired();
      return;
    }
    const recorded: Record<ProxyDirection, Buffer[]> = { fromClient: [], fromServer: [] };
    recordings.push(recorded);
    client.setNoDelay(true);
    const server = connect({ host: options.host, port: options.port, noDelay: true, allowHalfOpen: true });
    const connection = new ProxyConnection(client, server, {
      received(direction, chunk) {
        received[direction] += chunk.length;
        if (options.isRecording === true) recorded[direction].push(chunk);
      },
      fired,
      closed: () => connections.delete(connection),
    });
    connections.add(connection);
    connection.arm(armed);
  };

  const disarm = (): void => {
    armed = undefined;
    for (const connection of connections) connection.arm(undefined);
  };

  const listener = createServer({ allowHalfOpen: true }, accept);
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => listener.close(resolve));
    for (const connection of connections) connection.destroy();
    await closed;
  };

  return {
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    get openConnections() {
      return connections.size;
    },
    get acceptedConnections() {
      return acceptedConnections;
    },
    get firedFaults() {
      return firedFaults;
    },
    received,
    recording: (direction) => Buffer.concat(recordings.flatMap((recorded) => recorded[direction])),
    arm(fault, { times = Infinity, onlyNew = false } = {}) {
      armed = fault;
      remaining = times;
      if (!onlyNew) for (const connection of connections) connection.arm(fault);
    },
    disarm,
    break(how) {
      for (const connection of connections) connection.break(how);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
