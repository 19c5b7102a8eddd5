/** Where Terraform keeps its state, and the state store that a bootstrap stack creates for it. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { githubOwner, githubRepository } from './github-names';
import { days, email, helped, hostname, key } from './primitives';

const owner = helped(z.enum(['create', 'existing']), {
  allowed: '"create" or "existing"',
  fix: '"existing" when the account already has one: an account can have only one GitHub OIDC provider',
});

const trail = helped(z.enum(['create', 'existing', 'none']), {
  allowed: '"create", "existing" or "none"',
  fix: '"existing" when the account already has a trail, its own or one of its organisation: a second one is billed',
});

const costAnomalies = z.discriminatedUnion('kind', [
  z.strictObject({
    /** Creates a monitor of all services and a daily summary by e-mail. */
    kind: z.literal('create'),
    /** E-mail addresses that are notified. @example ['ops@shop.example'] */
    emails: z.array(email).min(1).max(10),
    /** Impact of an anomaly from which it is reported. @unit US dollars @default 10 */
    minimumUsd: helped(z.number().positive(), {
      allowed: 'an amount of US dollars above 0',
      fix: 'write the smallest unexpected cost that matters, for example 10',
    }).default(10),
  }),
  z.strictObject({
    /** The account already has a monitor: new accounts get `Default-Services-Monitor` from AWS, and a second one is refused. */
    kind: z.literal('existing'),
  }),
  z.strictObject({
    /** Nothing is created. */
    kind: z.literal('none'),
  }),
]);

const githubId = helped(z.string().regex(/^[1-9][0-9]*$/), {
  allowed: 'the id that GitHub gave it: digits, in quotes',
  fix: 'read it with `gh api repos/<owner>/<repository> --jq ".owner.id, .id"`',
});

/** Part of a subject, whose parts are separated by colons. */
const githubEnvironment = helped(z.string().regex(/^[^:*?@]+$/), {
  allowed: 'the name of a GitHub environment, without : * ? @',
  fix: 'write the name as it is in the settings of the repository, for example "drift"',
});

/** An environment, or the first stack of a shared zone. Whether it exists is checked over all environments. */
const group = helped(z.string().regex(/^[a-z][a-z0-9-]*$/), {
  allowed: 'the name of an environment of this store, or of a shared zone',
  fix: "for example 'shop-prod' or 'zone-shop-example'",
});

/** The GitHub repository whose workflows may plan and apply, without stored keys. */
const github = z.strictObject({
  /** User or organisation that owns the repository, in the upper and lower case that GitHub uses. @example 'acme' */
  owner: githubOwner,
  /** Name of the repository, without its owner. @example 'infrastructure' */
  repository: githubRepository,
  /**
   * GitHub's id of the owner (`gh api repos/<owner>/<repository> --jq .owner.id`), together with `repositoryId`. Repositories
   * that were created, renamed or transferred since 2026-07-15 authenticate with both ids, and cannot assume a role that
   * trusts names alone. @default none: the roles trust names alone, which is reported @example '123456'
   */
  ownerId: githubId.optional(),
  /** GitHub's id of the repository (`gh api repos/<owner>/<repository> --jq .id`), together with `ownerId`. @default none @example '456789' */
  repositoryId: githubId.optional(),
  /**
   * Whether the roles also trust the names without ids, while an older repository changes to ids. @default false
   * @danger A name can be registered again after its owner or repository was renamed or deleted: remove it after the change.
   */
  alsoTrustNames: z.boolean().default(false),
  /**
   * Whether the bootstrap stack creates the account's GitHub OIDC provider or looks up the existing one. An account can have
   * only one, so the second state store of an account sets `'existing'`. @default 'create'
   */
  oidcProvider: owner.default('create'),
  /**
   * Environments and shared zones (`zone-shop-example`) of this store that workflows apply. Each gets an apply role, which trusts
   * the GitHub environments of the same name and of the name with `-approval`, and a permissions boundary, which all its roles
   * carry. With an empty list, no workflow can apply. @default [] @example ['shop-prod']
   * @danger An apply role has administrator rights within its boundary. Protect these environments in GitHub with required
   * reviewers and allowed branches; otherwise everyone who can push a workflow can apply. Apply the bootstrap stack before the
   * stacks of an environment that is added here.
   */
  applyEnvironments: z.array(group).default([]),
  /**
   * GitHub environments whose jobs may assume the plan role, and nothing else may. The workflows `plan` and `drift` use the
   * environment `plan`. @default ['plan'] @example ['plan']
   * @danger Allow only the default branch to deploy to these environments at GitHub: otherwise every branch can read the states.
   */
  planEnvironments: helped(z.array(githubEnvironment).min(1), {
    allowed: 'at least one GitHub environment: the plan role trusts nothing else',
    fix: "remove the field: the default is ['plan'], which the workflows use",
  }).default(['plan']),
});

/** Source: DynamoDB API reference, CreateTable, TableName. */
const tableName = helped(z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/), {
  allowed: '3 to 255 letters, digits and _ . -',
  fix: "omit it for the store's name and -terraform-locks",
});

/** One S3 bucket and its lock table: shared by the environments of one account of one system. */
export const stateStoreSchema = z.strictObject({
  /**
   * Name of the store. It names the bootstrap stack, its key alias and its GitHub roles. @example 'shop'
   * @danger Another name is another store: the states stay in the old one and have to be moved by hand.
   */
  name: key,
  /**
   * AWS region of the bucket, the lock table and the key. It can differ from the regions of the environments.
   * @example 'us-east-1'
   */
  region: z.enum(REGIONS),
  /**
   * Name of the state bucket, unique in all of S3. @example 'shop-terraform-state'
   * @danger Changing it means moving every state by hand; `prevent_destroy` makes Terraform refuse the change.
   */
  bucket: z.string().min(3).max(63),
  /**
   * Name of the DynamoDB table for state locks, unique in its account and region. It is created whatever `lock` says, and costs
   * nothing while it is not used. @default the store's name and `-terraform-locks` @danger Changing it replaces the table, which
   * `prevent_destroy` refuses.
   */
  lockTable: tableName.optional(),
  /**
   * How a state is locked: `s3` uses a lock file next to the state, `dynamodb` the table, whose backend argument is deprecated
   * since Terraform 1.11 and warns at each `terraform init`; `both` uses both and is the step between the two. @default 's3'
   * @danger Two people who lock in different ways do not see each other's lock: change by way of `both`, and have everyone
   * synthesise again before the next step.
   */
  lock: z.enum(['dynamodb', 's3', 'both']).default('s3'),
  /** How long an overwritten version of a state is kept and can be restored. @unit days @default 90 */
  oldVersionsDays: days(7, 3650).default(90),
  /**
   * Location of the bootstrap stack's own state: `local` for its first deployment, `bucket` after
   * `terraform init -migrate-state`. @default 'local'
   */
  ownState: z.enum(['local', 'bucket']).default('local'),
  /** Creates roles that GitHub Actions assumes by OIDC, so that no AWS key is stored in GitHub. @default no roles for GitHub */
  github: github.optional(),
  /** Resources that an AWS account has once, and that the bootstrap stack therefore creates or finds. @default {} */
  singletons: z
    .strictObject({
      /**
       * CloudTrail trail that records every AWS API call in every region. `create` makes one here, `existing` states that the
       * account or its organisation already has one; with `none`, containers are not restarted after a password rotation.
       * @default 'none'
       * @price The first copy of management events is free; a second trail costs $2.00 per 100,000 events (CloudTrail,
       * us-east-1, 2026-11). With `create`, its KMS key costs $1 a month (KMS, us-east-1, 2026-11).
       */
      cloudTrail: trail.default('none'),
      /**
       * How long an audit log is locked against deletion and overwriting, after which it is deleted. Used with
       * `cloudTrail: 'create'`. @unit days @default 365
       * @danger The lock of the bucket is set when it is created and cannot be removed; a change applies to new logs only.
       */
      trailRetentionDays: days(1, 3650).default(365),
      /**
       * AWS Cost Anomaly Detection: e-mails about unusual spending of any service in the account. An account can have one monitor
       * of services; `npm run synth` cannot know whether it has (`aws ce get-anomaly-monitors` can).
       * @default { kind: 'none' } @price $0 (Cost Anomaly Detection, global, 2026-11).
       * @example { kind: 'create', emails: ['ops@shop.example'] }
       */
      costAnomalies: costAnomalies.prefault({ kind: 'none' }),
    })
    .prefault({}),
});

/** State in S3, in the bucket of a state store. */
const s3 = z.strictObject({
  /** State in an S3 bucket that a bootstrap stack creates, with locks: for a team on AWS. */
  kind: z.literal('s3'),
  /** The state store. Environments of one account share one; two different descriptions of one store are refused. */
  store: stateStoreSchema,
});

/** State and runs in HCP Terraform; one workspace a stack, named like the stack. */
/** Source: HCP Terraform documentation, "Organizations" and "Projects". */
const organization = helped(z.string().regex(/^[A-Za-z0-9_-]{3,40}$/), {
  allowed: '3 to 40 letters, digits, hyphens and underscores',
  fix: 'copy the name from the address of the organisation: app.terraform.io/app/<organisation>',
});

const project = helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _-]{1,38}[A-Za-z0-9_-]$/), {
  allowed: '3 to 40 letters, digits, spaces, hyphens and underscores',
  fix: 'copy the name of the project from HCP Terraform, or omit it',
});

const cloud = z.strictObject({
  /** State in HCP Terraform (Terraform Cloud) or Terraform Enterprise: one workspace for each stack, named like the stack. */
  kind: z.literal('cloud'),
  /** Host name of HCP Terraform or of a Terraform Enterprise installation. @default 'app.terraform.io' */
  hostname: hostname.default('app.terraform.io'),
  /** Organization that owns the workspaces. It must exist. @example 'acme' */
  organization: organization,
  /**
   * Project in which `terraform init` creates new workspaces. It must exist. @default the organisation's default project
   * @example 'shop'
   */
  project: project.optional(),
});

/** State in files of the working directory: for trying out, never for a team. */
const local = z.strictObject({
  /**
   * State in the file `terraform.<stack>.tfstate` next to `cdktf.json`: for trying out, by one person on one machine.
   * @danger Without the file, Terraform does not know what it created: do not use it for resources that matter.
   */
  kind: z.literal('local'),
});

export const backendSchema = z.discriminatedUnion('kind', [s3, cloud, local]);
