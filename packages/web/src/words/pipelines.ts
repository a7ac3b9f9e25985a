import { defineWords } from './define-words.ts';

export const pipelineWords = defineWords('pipelines', {
  title: 'Pipelines',
  historyRun: '{{state}} · {{at}} · {{duration}}',
});
