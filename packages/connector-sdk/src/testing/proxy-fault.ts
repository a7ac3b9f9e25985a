/** Which way bytes travel through the proxy. */
export type ProxyDirection = 'fromClient' | 'fromServer';

/** How a connection breaks. */
export type ProxyBreak =
  /** Both sides see an orderly end (FIN). */
  | 'cut'
  /** Both sides see a reset (RST). */
  | 'reset'
  /** Nobody sees anything: the connection stays open and every byte from now on is swallowed. */
  | 'halfOpen';

/** What goes wrong on a connection. Byte offsets count from its start, in one direction. */
export type ProxyFault =
  /** Breaks after exactly `offset` bytes were forwarded in that direction. */
  | {
      readonly kind: 'breakAt';
      readonly how: ProxyBreak;
      readonly direction: ProxyDirection;
      readonly offset: number;
    }
  /**
   * Forwards the client's bytes up to and including a match, waits until the server answers, drops the answer and
   * breaks the client's connection: the server did it, the client does not know. Useless over TLS.
   */
  | { readonly kind: 'dropReply'; readonly how: ProxyBreak; readonly after: string | Uint8Array }
  /** Delivers every byte that much later, in both directions. */
  | { readonly kind: 'latency'; readonly latencyMs: number }
  /** Delivers no more than that many bytes per second in each direction. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Refuses the connection: it is reset as soon as it is made. */
  | { readonly kind: 'refuse' };
