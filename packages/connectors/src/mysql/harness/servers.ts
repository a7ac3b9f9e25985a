export { mariadbEd25519Server, mariadbServer } from './mariadb-server.ts';
export { mysqlServer } from './mysql-server.ts';
