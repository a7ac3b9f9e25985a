/**
 * The systems Millrace speaks to, one folder each.
 * A connector knows its own driver and the SDK; it knows no other connector and no engine.
 * Enter at `registry`, which is generated from the folders.
 */
export { registry } from './registry.generated.ts';
