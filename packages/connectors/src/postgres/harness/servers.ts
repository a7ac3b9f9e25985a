export { postgresServer } from './postgres-server.ts';
