/** Settings of the toy tier. */
import { z } from 'zod';

export const toySchema = z.strictObject({
  /** What the toy says. @default 'hello' */
  message: z.string().min(1).default('hello'),
});
