/**
 * Operations over HTTP: one route for each, live events, the portal's files. Adapters only; composition root.
 * Knows who calls and what they may do; no rule of a pipeline.
 * Enter at `startServer`; `createApp` holds every route, `ensurePortal` builds the portal's files.
 */
export { openApiDocument } from './openapi/openapi-document.ts';
export { PORTAL_FOLDER, ensurePortal } from './portal/build-portal.ts';
export { startServer } from './start-server.ts';
export type { RunningServer, ServerOptions } from './start-server.ts';
