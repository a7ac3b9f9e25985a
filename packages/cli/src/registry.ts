/** The connectors this program offers; a module of its own, so that worker threads can import it too. */
export { registry } from '@millrace/connectors';
