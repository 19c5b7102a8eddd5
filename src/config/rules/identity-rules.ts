/** Rules about an environment's identity: name, account, tier, and the regions of its state and copies. */
import { managed } from '../calculations/placement';
import { isSharedStack, SHARED_STACK_PREFIXES } from '../names';
import { residencyOf, type Region } from '../tables/regions';
import { findingIf, valueFinding } from './finding';
import { defineRule, type Finding, type Rule } from './rule';

const nameStartsWithSystem = defineRule({
  id: 'name-prefix',
  severity: 'refusal',
  summary: "The environment's name starts with its system and a hyphen.",
  reads: ['system', 'name'],
  check: ({ system, name }) =>
    findingIf(
      !name.startsWith(`${system}-`),
      'name',
      name,
      `a name that starts with "${system}-"`,
      `call it "${system}-${name}"`,
    ),
});

const nameNotReserved = defineRule({
  id: 'name-reserved',
  severity: 'refusal',
  summary: "The environment's name does not begin like the stacks of state stores and shared zones.",
  reads: ['name'],
  check: ({ name }) =>
    findingIf(
      isSharedStack(name),
      'name',
      name,
      `a name that begins with none of ${Object.values(SHARED_STACK_PREFIXES).join(', ')}`,
      'rename the system: stacks with these names belong to no environment',
    ),
});

/** SSM refuses parameters that begin with the first two; load balancers and security groups must not begin with the others. */
const RESERVED_BEGINNINGS = /^(?:aws|ssm)|^(?:internal|sg)(?:-|$)/;

const systemNotReserved = defineRule({
  id: 'system-reserved',
  severity: 'refusal',
  summary: "The system's name does not begin as AWS reserves it: resources and parameters are named after it.",
  reads: ['system'],
  check: ({ system }) =>
    findingIf(
      RESERVED_BEGINNINGS.test(system),
      'system',
      system,
      'a name that does not begin with "aws" or "ssm", and is not "internal" or "sg" or one of these with a hyphen',
      'rename the system: SSM refuses such parameters, and EC2 such load balancers and security groups',
    ),
});

const accountPinned = defineRule({
  id: 'account-unpinned',
  severity: 'warning',
  summary: 'The AWS account is given, so that a plan with the wrong credentials is refused.',
  reads: ['account'],
  check: ({ account }) =>
    findingIf(
      account === undefined,
      'account',
      account,
      'without an account, a plan runs against the account that the shell is logged in to',
      'set `account`',
    ),
});

const nextTierDiffers = defineRule({
  id: 'next-tier-differs',
  severity: 'refusal',
  summary: '`nextTier` differs from `tier`.',
  reads: ['tier', 'nextTier'],
  check: ({ tier, nextTier }) =>
    findingIf(tier === nextTier, 'nextTier', nextTier, `a tier other than "${tier}"`, 'omit nextTier until a migration starts'),
});

const stateIsShared = defineRule({
  id: 'local-state',
  severity: 'warning',
  summary: 'State is where a team can share and lock it.',
  reads: ['backend'],
  check: ({ backend }) =>
    findingIf(
      backend.kind === 'local',
      'backend.kind',
      backend.kind,
      'local state is neither shared nor locked nor backed up',
      'use "s3" or "cloud" for every environment that is kept',
    ),
});

const dataStaysAtHome = defineRule({
  id: 'residency',
  severity: 'risk',
  summary: 'Replicas and state are in the same part of the world (EU, US, other) as the environment.',
  reads: ['region', 'database', 'backend'],
  check: ({ region, database, backend }) => [
    ...Object.entries(managed(database)?.replicas ?? {}).flatMap(([key, replica]) =>
      leavesArea(`database.replicas.${key}.region`, replica.region ?? region, region, "the database's data is copied there"),
    ),
    ...(backend.kind === 's3'
      ? leavesArea('backend.store.region', backend.store.region, region, 'the state describes every resource')
      : []),
  ],
});

function leavesArea(path: string, there: Region, home: Region, consequence: string): readonly Finding[] {
  if (residencyOf(there) === residencyOf(home)) return [];
  const area = { eu: 'a region of the EU (eu-*)', us: 'a region of the US (us-*)', other: 'a region outside EU and US' }[
    residencyOf(home)
  ];
  return [valueFinding(path, there, `${area}, like ${home}`, `choose a region in the same part of the world: ${consequence}`)];
}

export const IDENTITY_RULES: readonly Rule[] = [
  nameStartsWithSystem,
  nameNotReserved,
  systemNotReserved,
  accountPinned,
  nextTierDiffers,
  stateIsShared,
  dataStaysAtHome,
];
