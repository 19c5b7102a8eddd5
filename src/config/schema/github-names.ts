/** How GitHub names users, organisations and repositories. */
import { z } from 'zod';
import { helped } from './primitives';

export const githubOwner = helped(z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/), {
  allowed: 'the name of a GitHub user or organisation: letters, digits and hyphens',
  fix: 'write the name alone, as it is in the address of its page; its id is `ownerId`',
});

export const githubRepository = helped(z.string().regex(/^[A-Za-z0-9._-]+$/), {
  allowed: 'the name of a GitHub repository: letters, digits and . _ -',
  fix: 'write the name alone, without its owner',
});
