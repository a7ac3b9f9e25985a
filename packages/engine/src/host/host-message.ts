import type { PlainPipelineError, PublishRequest, SourcePosition, StagedFile } from '@millrace/connector-sdk';

import type { ResolvedConnection } from '../run/run-request.ts';

/** What can be asked of a hosted system, by side. */
export const HOST_CALLS = {
  source: ['check', 'discover', 'read', 'describeRead', 'inspectCursor', 'digest', 'digestRows'],
  destination: ['check', 'describe', 'publish', 'query', 'export', 'digest', 'digestRows'],
} as const;

export type HostSide = keyof typeof HOST_CALLS;

/** A publication as it crosses to the host: everything staged, so what are functions elsewhere are values. */
export interface HostedPublication {
  readonly request: Omit<PublishRequest, 'position' | 'deletedKeys' | 'reader' | 'checkpoint'>;
  readonly files: readonly StagedFile[];
  readonly position: SourcePosition;
  readonly deletedKeys: readonly StagedFile[];
}

export type ToHost =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly system: Pick<ResolvedConnection, 'connector' | 'config'>;
      readonly side: HostSide;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromHost =
  /** Of an answer that comes in parts. */
  | { readonly kind: 'items'; readonly id: number; readonly items: readonly unknown[] }
  /** A publication is at a named point. */
  | { readonly kind: 'point'; readonly id: number; readonly point: string }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: PlainPipelineError };
