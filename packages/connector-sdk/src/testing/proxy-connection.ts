import type { Socket } from 'node:net';
import { ByteMatcher } from './byte-matcher.ts';
import { Delivery } from './delivery.ts';
import type { DeliveryPace } from './delivery.ts';
import type { ProxyBreak, ProxyDirection, ProxyFault } from './proxy-fault.ts';

export interface ProxyConnectionEvents {
  /** Bytes that arrived at the proxy, whether or not they are forwarded. */
  readonly received: (direction: ProxyDirection, chunk: Buffer) => void;
  readonly fired: (fault: ProxyFault) => void;
  readonly closed: () => void;
}

/** One client's connection through the proxy, with at most one fault armed. */
export class ProxyConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #events: ProxyConnectionEvents;
  readonly #deliveries: Readonly<Record<ProxyDirection, Delivery>>;
  readonly #received: Record<ProxyDirection, number> = { fromClient: 0, fromServer: 0 };
  #fault: ProxyFault | undefined;
  #matcher: ByteMatcher | undefined;
  #isReplyDropped = false;
  #isBreaking = false;
  #broken: ProxyBreak | undefined;

  constructor(client: Socket, server: Socket, events: ProxyConnectionEvents) {
    this.#client = client;
    this.#server = server;
    this.#events = events;
    const pace = (): DeliveryPace => ({
      latencyMs: this.#fault?.kind === 'latency' ? this.#fault.latencyMs : 0,
      bytesPerSecond: this.#fault?.kind === 'throttle' ? this.#fault.bytesPerSecond : Infinity,
    });
    this.#deliveries = {
      fromClient: new Delivery(client, server, pace),
      fromServer: new Delivery(server, client, pace),
    };
    this.#follow('fromClient', client, server);
    this.#follow('fromServer', server, client);
  }

  /** Replaces the armed fault; an offset already passed counts as reached by the next byte. */
  arm(fault: ProxyFault | undefined): void {
    this.#fault = fault;
    this.#matcher = fault?.kind === 'dropReply' ? new ByteMatcher(fault.after) : undefined;
    this.#isReplyDropped = false;
  }

  break(how: ProxyBreak): void {
    if (this.#broken !== undefined) return;
    this.#broken = how;
    this.#deliveries.fromClient.isStopped = true;
    this.#deliveries.fromServer.isStopped = true;
    if (how === 'halfOpen') return;
    for (const socket of [this.#client, this.#server]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.end();
    }
  }

  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #follow(direction: ProxyDirection, source: Socket, target: Socket): void {
    source.on('data', (chunk: Buffer) => this.#receive(direction, chunk));
    source.on('end', () => void this.#passEnd(direction, target));
    source.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#broken === undefined && error.code === 'ECONNRESET') target.resetAndDestroy();
    });
    source.on('close', () => {
      // A half-open connection hides even that the other side is gone.
      if (this.#broken !== 'halfOpen') target.destroySoon();
      if (this.#client.destroyed && this.#server.destroyed) this.#events.closed();
    });
  }

  async #passEnd(direction: ProxyDirection, target: Socket): Promise<void> {
    if (this.#broken !== undefined) return;
    await this.#deliveries[direction].idle();
    if (this.#broken === undefined) target.end();
  }

  #receive(direction: ProxyDirection, chunk: Buffer): void {
    const before = this.#received[direction];
    this.#received[direction] += chunk.length;
    this.#events.received(direction, chunk);
    if (this.#broken !== undefined || this.#isBreaking) return;
    const fault = this.#fault;
    const delivery = this.#deliveries[direction];
    if (fault?.kind === 'breakAt' && fault.direction === direction && before + chunk.length >= fault.offset) {
      delivery.push(chunk.subarray(0, Math.max(0, fault.offset - before)));
      this.#breakAfterDelivery(fault, fault.how);
    } else if (fault?.kind === 'dropReply') {
      this.#receiveBeforeDroppedReply(fault, direction, chunk);
    } else {
      delivery.push(chunk);
    }
  }

  #receiveBeforeDroppedReply(
    fault: Extract<ProxyFault, { kind: 'dropReply' }>,
    direction: ProxyDirection,
    chunk: Buffer,
  ): void {
    if (this.#isReplyDropped) {
      if (direction === 'fromClient') return;
      this.#events.fired(fault);
      this.break(fault.how);
      return;
    }
    const end = direction === 'fromClient' ? this.#matcher?.endIn(chunk) : undefined;
    this.#isReplyDropped = end !== undefined;
    this.#deliveries[direction].push(chunk);
  }

  #breakAfterDelivery(fault: ProxyFault, how: ProxyBreak): void {
    this.#fault = undefined;
    this.#isBreaking = true;
    this.#events.fired(fault);
    // No byte may follow in either direction while the last ones are on their way.
    const { fromClient, fromServer } = this.#deliveries;
    void Promise.all([fromClient.idle(), fromServer.idle()]).then(() => this.break(how));
  }
}
