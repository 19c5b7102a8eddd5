/** What no running part of a system may reach: Terraform's state and roles, the master login, and other environments. Pure. */
import { arnsOverlap } from '../../../../config/calculations/wildcards';
import { loginSecretName, MASTER_LOGIN } from '../../../../config/names';
import { isObject, nestedBlocks, type RootModule } from '../../../../terraform/root-module';
import type { Grant } from './documents';
import { isEverything, isUnscoped, subjectOf, type Flaw } from './grants';
import type { JudgeContext } from '../rule';

interface Reserved {
  readonly what: string;
  /** The services whose actions reach it. */
  readonly services: readonly string[];
  readonly arns: readonly string[];
}

/** What a module's own settings say about the state and the environment. */
export function reservedIn(module: RootModule): readonly Reserved[] {
  const { bucket, dynamodb_table: table } = stateOf(module);
  const master = masterLoginOf(module);
  // With the secret of its first password. RDS's own names begin with "rds!".
  const secrets = ['rds!*', ...(master === undefined ? [] : [`${master}-*`])];
  return [
    ...(bucket === undefined
      ? []
      : [
          {
            what: "Terraform's state, or the audit trail",
            services: ['s3'],
            arns: [bucket, `${bucket}/*`, `${bucket}-audit`, `${bucket}-audit/*`]
              .map((path) => `arn:aws:s3:::${path}`)
              // An access point may be one of the bucket's: its name does not say.
              .concat('arn:aws:s3:*:*:accesspoint/*'),
          },
        ]),
    ...(table === undefined
      ? []
      : [
          {
            what: "Terraform's locks",
            services: ['dynamodb'],
            arns: ['', '/*'].map((part) => `arn:aws:dynamodb:*:*:table/${table}${part}`),
          },
        ]),
    {
      what: "Terraform's roles, their boundary, or the provider of GitHub's tokens",
      services: ['iam', 'sts'],
      arns: ['role/*-terraform-plan', 'role/*-terraform-apply', 'policy/*-terraform-boundary', 'oidc-provider/*'].map(
        (path) => `arn:aws:iam::*:${path}`,
      ),
    },
    {
      what: 'the master login of the database',
      services: ['secretsmanager'],
      arns: secrets.map((name) => `arn:aws:secretsmanager:*:*:secret:${name}`),
    },
  ];
}

/** References to the master login: of the instance, of its secret, and of another stack's output. */
const MASTER_REFERENCE = /master_user_secret|\.master_secret_arn\b|aws_secretsmanager_secret\.database_master/;

/** What of this a statement allows. */
export function reservedAccess(action: string, grant: Grant, reserved: readonly Reserved[]): readonly Flaw[] {
  const service = action === '*' || grant.isAllBut ? '*' : (action.split(':')[0] ?? '').toLowerCase();
  const reaches = (services: readonly string[]) => service === '*' || services.includes(service);
  // Those that AWS cannot narrow read no contents, and change nothing.
  if (!grant.isAllBut && isUnscoped(action, grant)) return [];
  return grant.resources.flatMap((resource) => {
    const named = reserved
      .filter(({ services, arns }) => reaches(services) && arns.some((arn) => mayBe(resource, arn)))
      .map(({ what }) => what);
    const referenced = reaches(['secretsmanager']) && MASTER_REFERENCE.test(resource) ? ['the master login of the database'] : [];
    const found = [...new Set([...named, ...referenced])];
    if (found.length === 0) return [];
    const subject = subjectOf(action, { resources: [resource] });
    return [{ subject, problem: `reaches ${found.join(', and ')}: ${subject}`, isFinal: true }];
  });
}

/** References inside an ARN may have any value; a reference as a whole is a resource of this system. */
function mayBe(resource: string, arn: string): boolean {
  if (isEverything(resource)) return true;
  return resource.startsWith('arn:') && arnsOverlap(resource.replace(/\$?\$\{[^}]*\}/g, '*'), arn);
}

/** Names of other environments in a resource: as the beginning of a name, or as the path of secrets and parameters. */
export function foreignAccess(grant: Grant, { owner, environments }: JudgeContext): readonly Flaw[] {
  // Stacks of state stores and shared zones belong to several environments.
  if (!environments.includes(owner)) return [];
  const others = environments.filter((name) => name !== owner);
  return grant.resources.flatMap((resource) => {
    const found = others.filter((name) => names(resource, name, owner));
    if (found.length === 0) return [];
    const subject = subjectOf(grant.actions.join(', '), { resources: [resource] });
    return [{ subject, problem: `reaches ${found.join(', ')} from ${owner}: ${subject}` }];
  });
}

function names(resource: string, environment: string, owner: string): boolean {
  const escaped = environment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  if (new RegExp(`(?<![A-Za-z0-9-])${escaped}(?![A-Za-z0-9])`).test(resource)) return true;
  const own = pathsOf(owner);
  return pathsOf(environment).some((path) => !own.includes(path) && resource.includes(path));
}

/** `/shop/prod/` of `shop-prod`; the system may have hyphens, too. */
function pathsOf(environment: string): readonly string[] {
  const words = environment.split('-');
  return words.slice(1).map((_, index) => `/${words.slice(0, index + 1).join('-')}/${words.slice(index + 1).join('-')}/`);
}

function stateOf({ terraform }: RootModule): { readonly bucket?: string; readonly dynamodb_table?: string } {
  const backend = isObject(terraform?.backend) ? terraform.backend.s3 : undefined;
  if (!isObject(backend)) return {};
  const { bucket, dynamodb_table: table } = backend;
  return {
    ...(typeof bucket === 'string' ? { bucket } : {}),
    ...(typeof table === 'string' ? { dynamodb_table: table } : {}),
  };
}

/** The default name of the master's secret, by the tags that every resource of an environment has. */
function masterLoginOf({ provider }: RootModule): string | undefined {
  const [aws] = nestedBlocks(provider?.aws);
  const [defaults] = nestedBlocks(aws?.default_tags);
  const tags = defaults?.tags;
  if (!isObject(tags) || typeof tags.system !== 'string' || typeof tags.environment !== 'string') return undefined;
  return loginSecretName({ system: tags.system, name: tags.environment }, MASTER_LOGIN);
}
