/**
 * Operations over HTTP: one route for each, live events, the portal's files. Adapters only; composition root.
 * Knows who calls and what they may do; no rule of a pipeline.
 */
export {};
