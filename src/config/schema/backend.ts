/** Where Terraform keeps its state, and the store that `<store>-bootstrap` makes for it. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { days, helped, key } from './primitives';

const owner = helped(z.enum(['create', 'existing']), {
  allowed: '"create" or "existing"',
  fix: '"existing" when the account already has one: an account holds only one GitHub OIDC provider',
});

const trail = helped(z.enum(['create', 'existing', 'none']), {
  allowed: '"create", "existing" or "none"',
  fix: '"existing" when the account already has a trail, of its own or its organisation\'s: a second one is billed',
});

/** The GitHub repository whose workflows may plan and apply, without stored keys. */
const github = z.strictObject({
  /** The user or organisation that owns the repository. */
  owner: z.string().min(1),
  /** The repository's name, without its owner. */
  repository: z.string().min(1),
  /** Whether bootstrap makes the account's GitHub OIDC provider, or finds the one that is there. @default 'create' */
  oidcProvider: owner.default('create'),
  /** The GitHub environments (repository settings) whose jobs may apply. Without one, nobody applies from CI. */
  applyEnvironments: z.array(z.string().min(1)).default([]),
  /** The GitHub environments whose jobs may plan, besides pull requests: nightly drift detection has no pull request. @default [] */
  planEnvironments: z.array(z.string().min(1)).default([]),
});

/** One S3 bucket and its lock table: shared by the environments of one account of one system. */
export const stateStoreSchema = z.strictObject({
  /** Names the stack: `<name>-bootstrap`. Changing it makes a new store and leaves the old one behind. */
  name: key,
  /** The region of bucket, table and key; need not be the environment's. */
  region: z.enum(REGIONS),
  /** The state bucket, globally unique. Changing it means moving every state by hand. */
  bucket: z.string().min(3).max(63),
  /** The DynamoDB lock table. @default 'terraform-locks' */
  lockTable: z.string().min(3).max(255).default('terraform-locks'),
  /** `dynamodb` (any Terraform), `s3` (1.11+, a lock file beside the state) or `both` while moving from one to the other. @default 'both' */
  lock: z.enum(['dynamodb', 's3', 'both']).default('both'),
  /** How long an overwritten state can be fetched back. @default 90 */
  oldVersionsDays: days(7, 3650).default(90),
  /** Where bootstrap's own state lies: `local` for the first deployment, `bucket` after `terraform init -migrate-state`. @default 'local' */
  ownState: z.enum(['local', 'bucket']).default('local'),
  github: github.optional(),
  /** What an account has once, made by bootstrap or found. */
  singletons: z
    .strictObject({
      /**
       * The audit trail of every call to AWS, in every region. `create`: made here; its management events are the account's
       * first and so free, storage costs cents. `existing`: the account has one. @default 'none'
       */
      cloudTrail: trail.default('none'),
      /** Days in which nobody can delete or overwrite an audit log, after which it is deleted. @default 365 */
      trailRetentionDays: days(1, 3650).default(365),
    })
    .prefault({}),
});

/** State in S3, in the bucket that bootstrap made. */
const s3 = z.strictObject({ kind: z.literal('s3'), store: stateStoreSchema });

/** State and runs in Terraform Cloud / HCP Terraform; one workspace a stack, named like the stack. */
const cloud = z.strictObject({
  kind: z.literal('cloud'),
  /** @default 'app.terraform.io' */
  hostname: z.string().min(1).default('app.terraform.io'),
  organization: z.string().min(1),
  /** The project that new workspaces are put in. */
  project: z.string().min(1).optional(),
});

/** State in files beside the checkout: for trying out, never for a team. */
const local = z.strictObject({ kind: z.literal('local') });

export const backendSchema = z.discriminatedUnion('kind', [s3, cloud, local]);
