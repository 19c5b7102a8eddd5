/** Secrets under the names of their variables: `secrets: ['STRIPE_KEY']` of a container. */
import { z } from 'zod';
import { helped, key } from './primitives';

/** `STRIPE_KEY` is the secret `stripe-key`; no two names of variables give the same one. */
export function secretKeyOf(variable: string): string {
  return variable.toLowerCase().replaceAll('_', '-');
}

/** A variable whose name is also that of a secret. */
export const secretVariable = helped(
  z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .refine((name) => key.safeParse(secretKeyOf(name)).success),
  {
    allowed: 'the name of a variable in capitals, such as "STRIPE_KEY", at most 30 characters, not ending with an underscore',
    fix: "give the secret a name of its own: declare it under `secrets` of the environment, and write NAME: { secret: 'its-name' } in `environment`",
  },
);
