import type { Migration } from './migration.ts';

/** Anomalies are found without reading every event: there are few of them among very many. */
export const anomalyIndex: Migration = {
  name: '0009-anomaly-index',
  up: async (schema) => {
    await schema
      .createIndex('run_events_of_anomalies')
      .on('run_events')
      .columns(['type', 'sequence'])
      .where('type', '=', 'anomalyFound')
      .execute();
  },
};
