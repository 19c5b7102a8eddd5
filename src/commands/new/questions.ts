/** The questions about a new system. Each is a flag as well, with the same text as its answer. */
import type { z } from 'zod';
import { REGIONS } from '../../config/tables/regions';
import { DNS_PROVIDER_NAMES } from '../../config/tables/dns-providers';
import { environmentSchema } from '../../config/schema/environment';
import { email, hostname, key } from '../../config/schema/primitives';
import { TIERS } from './answers';
import { isGiven, listOf, type Flag, type Given } from './texts';

export interface Question {
  readonly flag: Flag;
  /** Placeholder of the flag's value. */
  readonly value: string;
  /** What is asked, and what `--help` says. */
  readonly text: string;
  /** The values; without them, the answer is a text. */
  readonly choices?: readonly string[];
  /** Whether any other text than the choices is an answer as well. */
  readonly isOpen?: boolean;
  /** The answer of `--yes`. @param earlier the answers to the questions before */
  readonly defaultOf: (system: string, earlier: Given) => string;
  /** Whether earlier answers make the question necessary. @default always */
  readonly isAsked?: (earlier: Given) => boolean;
  /** Judges one answer while it is written; everything together is judged at the end. `none` is always accepted. */
  readonly schema?: z.ZodType;
}

const usesS3 = ({ state }: Given): boolean => state === 's3';

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  {
    flag: 'environments',
    value: '<names>',
    text: 'short names of its environments, separated by commas',
    defaultOf: () => 'dev,prod',
  },
  {
    flag: 'tier',
    value: '<tier>',
    text: 'what runs the containers: box, fargate or kubernetes; or one for each, such as dev=box,prod=fargate',
    choices: TIERS,
    isOpen: true,
    defaultOf: () => 'fargate',
  },
  {
    flag: 'protect',
    value: '<names>',
    text: 'environments whose data must not be lost: larger, in two zones, with a web firewall; or none',
    defaultOf: (_, { environments }) =>
      listOf(environments)
        .filter((name) => name.startsWith('prod'))
        .join(',') || 'none',
  },
  {
    flag: 'region',
    value: '<region>',
    text: 'AWS region',
    choices: REGIONS,
    defaultOf: () => 'us-east-1',
    schema: environmentSchema.shape.region,
  },
  {
    flag: 'account',
    value: '<id>',
    text: 'AWS account, twelve digits, for which alone plans are made; or none',
    defaultOf: () => 'none',
    schema: environmentSchema.shape.account,
  },
  {
    flag: 'domain',
    value: '<zone>',
    text: 'DNS zone of its host names, which exists already; or none, and then nothing is reached from the internet',
    defaultOf: () => 'none',
    schema: hostname,
  },
  {
    flag: 'dns',
    value: '<provider>',
    text: 'provider of the DNS zone',
    choices: DNS_PROVIDER_NAMES,
    defaultOf: () => 'route53',
    isAsked: ({ domain }) => isGiven(domain),
  },
  {
    flag: 'services',
    value: '<services>',
    text: 'its services as name:port/health-path, separated by commas; with =image for a public image',
    defaultOf: () => 'web:8080/health',
  },
  {
    flag: 'database',
    value: '<version>',
    text: 'major version of PostgreSQL; or none',
    choices: ['17', '16', '15', '14', 'none'],
    defaultOf: () => '17',
  },
  {
    flag: 'cache',
    value: '<yes>',
    text: 'whether it has a cache (Valkey on ElastiCache, Redis on a host)',
    choices: ['yes', 'none'],
    defaultOf: () => 'none',
  },
  {
    flag: 'state',
    value: '<where>',
    text: "where Terraform keeps its state: s3, cloud (Terraform Cloud), or local (files of one person's machine)",
    choices: ['s3', 'cloud', 'local'],
    defaultOf: () => 's3',
  },
  {
    flag: 'bucket',
    value: '<name>',
    text: 'name of the state bucket, unique in all of S3',
    defaultOf: (system, { account }) => [system, 'terraform-state', ...(isGiven(account) ? [account] : [])].join('-'),
    isAsked: usesS3,
  },
  {
    flag: 'organization',
    value: '<name>',
    text: 'organization in Terraform Cloud, which exists already',
    defaultOf: (system) => system,
    isAsked: ({ state }) => state === 'cloud',
  },
  {
    flag: 'github',
    value: '<owner/repository>',
    text: 'GitHub repository whose workflows plan; or none',
    defaultOf: () => 'none',
    isAsked: usesS3,
  },
  {
    flag: 'github-ids',
    value: '<owner id/repository id>',
    text: 'its ids, which `gh api repos/<owner>/<repository> --jq ".owner.id, .id"` shows; or none',
    defaultOf: () => 'none',
    isAsked: (earlier) => usesS3(earlier) && isGiven(earlier.github),
  },
  {
    flag: 'cluster-cidrs',
    value: '<cidrs>',
    text: 'networks that reach the Kubernetes API, such as an office, separated by commas; or none, and only the VPC does',
    defaultOf: () => 'none',
    isAsked: ({ tier = '' }) => tier.includes('kubernetes'),
  },
  {
    flag: 'email',
    value: '<address>',
    text: 'e-mail address that gets alarms',
    defaultOf: (system, { domain }) => `ops@${isGiven(domain) ? domain : `${system}.example`}`,
    schema: email,
  },
];

/** Judges the name of the system. */
export const SYSTEM_SCHEMA = key;

/** Why a schema refuses an answer; undefined when it does not. */
export function refusalOf(schema: z.ZodType | undefined, answer: string): string | undefined {
  if (schema === undefined || answer === 'none' || schema.safeParse(answer).success) return undefined;
  const help = schema.meta() ?? (schema as z.ZodOptional<z.ZodType>).unwrap().meta();
  return [`allowed: ${String(help?.allowed)}`, `fix: ${String(help?.fix)}`].join('; ');
}

/** The answers that are given, completed one question at a time. Answers that are not asked for are refused by the caller. */
export async function complete(
  system: string,
  known: Given,
  answer: (question: Question, earlier: Given) => string | Promise<string>,
): Promise<Given> {
  let texts: Given = {};
  for (const question of QUESTIONS) {
    const { flag, isAsked = () => true } = question;
    if (!isAsked(texts)) continue;
    texts = { ...texts, [flag]: known[flag] ?? (await answer(question, texts)) };
  }
  return texts;
}
