export { pgvectorServer, postgisServer, postgresServer } from './postgres-server.ts';
