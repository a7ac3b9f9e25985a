/** 0: done. 1: the run failed. 2: the document or the command is wrong. */
export const EXIT = { done: 0, failed: 1, wrong: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
