/**
 * The portal: a client of the server's operations and nothing more. Routes hold what is looked at; no rule of the product lives here.
 * Refuses to know files, databases and connectors: it sees them through operations and the registry's descriptions.
 * Enter at `main.tsx` (start), `app/` (frame and routes), `designer/` (canvas), `api/` (the typed client).
 */
export {};
