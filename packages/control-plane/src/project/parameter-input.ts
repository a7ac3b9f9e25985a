import { z } from 'zod';

/** Values of parameters by name, as operations that make a plan take them. */
export const parameterInput = z.record(z.string(), z.string()).default({});
