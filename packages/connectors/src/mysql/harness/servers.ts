export { mariadbServer } from './mariadb-server.ts';
export { mysqlServer } from './mysql-server.ts';
