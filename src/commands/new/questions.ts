/** The questions about a new system. Each is a flag as well, with the same text as its answer. */
import type { z } from 'zod';
import { REGIONS } from '../../config/tables/regions';
import { DNS_PROVIDER_NAMES } from '../../config/tables/dns-providers';
import { POSTGRES_IMAGES } from '../../config/tables/third-party-images';
import { environmentSchema } from '../../config/schema/environment';
import { email, hostname, key } from '../../config/schema/primitives';
import { TIERS } from './answers';
import { FLAGS } from './flags';
import { isGiven, listOf, type Flag, type Given } from './texts';

/** How a question is asked and its answer judged. */
interface Asked {
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

export interface Question extends Asked {
  readonly flag: Flag;
  /** Placeholder of the flag's value. */
  readonly value: string;
  /** What is asked, and what `--help` says. */
  readonly text: string;
}

const usesS3 = ({ state }: Given): boolean => state === 's3';

const ASKED: Readonly<Record<Flag, Asked>> = {
  environments: { defaultOf: () => 'dev,prod' },
  tier: { choices: TIERS, isOpen: true, defaultOf: () => 'fargate' },
  protect: {
    defaultOf: (_, { environments }) =>
      listOf(environments)
        .filter((name) => name.startsWith('prod'))
        .join(',') || 'none',
  },
  region: { choices: REGIONS, defaultOf: () => 'us-east-1', schema: environmentSchema.shape.region },
  account: { defaultOf: () => 'none', schema: environmentSchema.shape.account },
  domain: { defaultOf: () => 'none', schema: hostname },
  dns: { choices: DNS_PROVIDER_NAMES, defaultOf: () => 'route53', isAsked: ({ domain }) => isGiven(domain) },
  services: { defaultOf: () => 'web:8080/health' },
  database: { choices: [...Object.keys(POSTGRES_IMAGES).reverse(), 'none'], defaultOf: () => '17' },
  cache: { choices: ['yes', 'none'], defaultOf: () => 'none' },
  state: { choices: ['s3', 'cloud', 'local'], defaultOf: () => 's3' },
  bucket: {
    defaultOf: (system, { account }) => [system, 'terraform-state', ...(isGiven(account) ? [account] : [])].join('-'),
    isAsked: usesS3,
  },
  organization: { defaultOf: (system) => system, isAsked: ({ state }) => state === 'cloud' },
  github: { defaultOf: () => 'none', isAsked: usesS3 },
  'github-ids': { defaultOf: () => 'none', isAsked: (earlier) => usesS3(earlier) && isGiven(earlier.github) },
  'cluster-cidrs': { defaultOf: () => 'none', isAsked: ({ tier = '' }) => tier.includes('kubernetes') },
  email: { defaultOf: (system, { domain }) => `ops@${isGiven(domain) ? domain : `${system}.example`}`, schema: email },
};

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = FLAGS.map((option) => ({ ...option, ...ASKED[option.flag] }));

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
