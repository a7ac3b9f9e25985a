import type { CodeAnalyser, CodeProblem } from '@millrace/compiler';

import { createSlots } from '../run/slots.ts';
import { AnswerMemory } from '../sql-analysis/answer-memory.ts';
import { checkCode } from './check-code.ts';

const never = new AbortController().signal;

/** What a memory may keep, in characters of code. */
const MEMORY_CHARACTERS = 4_000_000;
/** Each is a process with some 60 MB. */
const SANDBOXES = 2;

/** Checks the code of documents in sandboxes, each text once. */
export function createCodeAnalyser(): CodeAnalyser {
  const answers = new AnswerMemory<CodeProblem | null>(MEMORY_CHARACTERS);
  const slots = createSlots(SANDBOXES);
  const ask = async (text: string): Promise<CodeProblem | null> => {
    const leave = await slots.take(never);
    try {
      return await checkCode(text);
    } finally {
      leave();
    }
  };
  return { checkCode: (text) => answers.recall(text, () => ask(text)) };
}
