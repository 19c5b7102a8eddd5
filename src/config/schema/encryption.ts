/** The choice of the KMS key that encrypts the data of an environment. */
import { z } from 'zod';
import { helped } from './primitives';

/** In AWS's terms: a key of the account with its own policy and rotation, or the key that each service manages. */
const KEY_CHOICES = ['customer-managed', 'aws-managed'] as const;

export type KeyChoice = (typeof KEY_CHOICES)[number];

export const keyChoiceSchema = helped(z.enum(KEY_CHOICES), {
  allowed: '"customer-managed" or "aws-managed"',
  fix: 'use "customer-managed", or "aws-managed" to save $1 a month',
});

export const encryptionSchema = z.strictObject({
  /**
   * The key of the database, the cache, file systems, queues, secrets, images, backups and the data volume.
   * `customer-managed` creates one key for the environment, whose policy and rotation are visible and whose use CloudTrail
   * records; a snapshot can be shared with another account only under such a key. `aws-managed` uses the key that each service
   * manages. Buckets say `encryption: 'kms'` themselves.
   * @default 'customer-managed'
   * @price `customer-managed` costs $1 a month for the key, another $1 for each replica region, and $0.03 per 10,000 requests
   * (KMS, us-east-1, 2026-11). `aws-managed` is free.
   * @danger It cannot change after the first deployment, because the key of existing data cannot: the address lock records it,
   * and a change is refused. The way by a copied snapshot is in docs/database.md.
   * @example 'aws-managed'
   */
  key: keyChoiceSchema.default('customer-managed'),
});
