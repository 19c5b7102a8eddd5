/** Warnings about buckets: legal settings that cost more, or work less, than they seem to. */
import { bucketName } from '../names';
import { located } from './located';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

/**
 * The days for which S3 bills a class at least. Source: Amazon S3 user guide, "Understanding and managing Amazon S3 storage classes".
 */
const MINIMUM_DAYS = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  INTELLIGENT_TIERING: 0,
  GLACIER_IR: 90,
  GLACIER: 90,
  DEEP_ARCHIVE: 180,
} as const;

const storedLongEnough = defineRule({
  id: 'bucket-minimum-storage',
  severity: 'warning',
  summary: 'Objects stay in a storage class for the days that S3 bills in any case.',
  reads: [],
  also: ['buckets'],
  check: ({ buckets }) =>
    located('buckets', buckets).flatMap(({ path, value: { transitions, expireAfterDays } }) =>
      transitions.flatMap(({ afterDays, storageClass }, index) => {
        const leaves = transitions[index + 1]?.afterDays ?? expireAfterDays;
        const stays = (leaves ?? Infinity) - afterDays;
        const billed = MINIMUM_DAYS[storageClass];
        return findingIf(
          stays > 0 && stays < billed,
          `${path}.transitions[${index}]`,
          { afterDays, storageClass },
          `objects leave ${storageClass} after ${stays} days, and S3 bills ${billed}`,
          'let them stay longer, or remove the transition',
        );
      }),
    ),
});

const withoutDots = defineRule({
  id: 'bucket-dots',
  severity: 'warning',
  summary: 'Names of buckets have no dots.',
  reads: ['name'],
  also: ['buckets'],
  check: ({ name, buckets }) =>
    located('buckets', buckets).flatMap(({ key, path, value }) =>
      findingIf(
        bucketName(name, key, value.name).includes('.'),
        `${path}.name`,
        value.name,
        'the certificate of S3 does not cover names with dots: browsers and SDKs cannot reach the bucket by its own host name',
        'use hyphens',
      ),
    ),
});

export const STORAGE_ADVICE_RULES: readonly Rule[] = [storedLongEnough, withoutDots];
