/** Answers of tests about `npm run new`, and what becomes of them. */
import fc from 'fast-check';
import { readAnswers, type Answers } from '../../../src/commands/new/answers';
import { dataOf, type Section } from '../../../src/commands/new/description';
import { environmentDescriptions } from '../../../src/commands/new/environment-description';
import { complete } from '../../../src/commands/new/questions';
import { systemDescription } from '../../../src/commands/new/system-description';
import type { Given } from '../../../src/commands/new/texts';

/** The answers in the texts of flags, with the defaults of the others. */
export async function answersTo(given: Given, system = 'shop'): Promise<Answers> {
  return readAnswers(system, await complete(system, given, (question, earlier) => question.defaultOf(system, earlier)));
}

export interface Described {
  readonly system: Section;
  readonly environments: readonly Section[];
  /** Of the environments. */
  readonly data: readonly unknown[];
}

/** The descriptions of a system in a checkout without others. */
export function describeSystem(answers: Answers): Described {
  const system = systemDescription(answers);
  const cidrs = answers.environments.map((_, index) => `10.${index}.0.0/16`);
  const environments = environmentDescriptions(answers, { cidrs, ownedZones: [] });
  return { system, environments, data: environments.map((environment) => dataOf(environment, dataOf(system))) };
}

const tiers = fc.constantFrom('box', 'fargate', 'kubernetes');

/** Answers of every kind, all of them valid. */
export const anyAnswers: fc.Arbitrary<Given> = fc
  .record({
    tier: fc.tuple(tiers, tiers).map(([dev, prod]) => `dev=${dev},prod=${prod}`),
    environments: fc.constant('dev,prod'),
    protect: fc.constantFrom('none', 'prod', 'dev', 'dev,prod'),
    region: fc.constantFrom('us-east-1', 'eu-central-1', 'ap-southeast-3'),
    account: fc.constantFrom('none', '123456789012'),
    domain: fc.constantFrom('none', 'shop.example'),
    dns: fc.constantFrom('route53', 'cloudflare'),
    services: fc.constantFrom(
      'web:8080/health',
      'web:8080/health,job-runner:3000/healthz',
      'web:8080/=public.ecr.aws/nginx/nginx:1.29,api:3000/up,admin:3001/up',
    ),
    database: fc.constantFrom('none', '14', '17'),
    cache: fc.constantFrom('none', 'yes'),
    state: fc.constantFrom('s3', 'cloud', 'local'),
    github: fc.constantFrom('none', 'acme/infrastructure'),
    'github-ids': fc.constantFrom('none', '123456/456789'),
    'cluster-cidrs': fc.constantFrom('none', '93.184.216.0/24'),
  })
  .map((given) => given satisfies Given);
