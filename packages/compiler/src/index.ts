/**
 * Turns a pipeline document and the schemas of its sources into a Plan.
 * Pure: knows no file, server, driver or clock.
 * Enter at `compilePipeline`.
 */
export * from './plan.ts';
