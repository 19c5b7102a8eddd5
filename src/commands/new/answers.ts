/** What a person decides about a new system, read from the texts of flags or prompts. The environment schema judges the values. */
import { CommandError } from '../../cli/errors';
import { tierSchema } from '../../config/schema/tiers';
import { isGiven, listOf, type Given } from './texts';

export const TIERS = tierSchema.options;
export type TierName = (typeof TIERS)[number];

/** A service, as `web:8080/health` or `web:8080/health=registry.example/web:1.0` writes it. */
export interface ServiceAnswer {
  readonly name: string;
  readonly port: number;
  readonly healthPath: string;
  /** A public image with its tag; undefined for an image of the environment's own repository. */
  readonly image: string | undefined;
}

export interface EnvironmentAnswer {
  /** `prod` of `shop-prod`. */
  readonly shortName: string;
  readonly tier: TierName;
  readonly isProtected: boolean;
}

/** GitHub's workflows plan with roles that trust this repository. */
export interface GithubAnswer {
  readonly owner: string;
  readonly repository: string;
  readonly ids: { readonly owner: string; readonly repository: string } | undefined;
}

export type BackendAnswer =
  | { readonly kind: 's3'; readonly bucket: string; readonly github: GithubAnswer | undefined }
  | { readonly kind: 'cloud'; readonly organization: string }
  | { readonly kind: 'local' };

export interface Answers {
  readonly system: string;
  readonly region: string;
  readonly account: string | undefined;
  readonly environments: readonly EnvironmentAnswer[];
  readonly domain: { readonly zone: string; readonly provider: string } | undefined;
  readonly services: readonly ServiceAnswer[];
  /** Versions; undefined without one. */
  readonly database: string | undefined;
  readonly cache: string | undefined;
  readonly backend: BackendAnswer;
  readonly email: string;
  /** Networks that reach the Kubernetes API besides the VPC. */
  readonly clusterCidrs: readonly string[];
}

/** Files of a system's folder that are no environment. */
const RESERVED_SHORT_NAMES = ['system', 'extensions', 'zone'];

const given = (text: string | undefined): string | undefined => (isGiven(text) ? text : undefined);

/**
 * The answers in the texts of flags and prompts, of which none that is needed is missing.
 * @throws CommandError for a text in a form that cannot be read
 */
export function readAnswers(system: string, texts: Given): Answers {
  const zone = given(texts.domain);
  return {
    system,
    region: texts.region ?? '',
    account: given(texts.account),
    environments: readEnvironments(texts),
    domain: zone === undefined ? undefined : { zone, provider: texts.dns ?? '' },
    services: listOf(texts.services).map(readService),
    database: given(texts.database),
    cache: given(texts.cache),
    backend: readBackend(texts),
    email: texts.email ?? '',
    clusterCidrs: listOf(texts['cluster-cidrs']),
  };
}

function readEnvironments({ environments, tier = '', protect }: Given): readonly EnvironmentAnswer[] {
  const names = listOf(environments);
  if (names.length === 0) throw refused('environments', environments, 'at least one short name, such as dev,prod');
  if (new Set(names).size < names.length) throw refused('environments', environments, 'different names');
  const reserved = names.find((name) => RESERVED_SHORT_NAMES.includes(name));
  if (reserved !== undefined)
    throw refused('environments', reserved, `another name: ${reserved}.ts is not an environment's file`);
  const known = (flag: string, listed: readonly string[]): void => {
    const stranger = listed.find((name) => !names.includes(name));
    if (stranger !== undefined) throw refused(flag, stranger, `names of --environments: ${names.join(', ')}`);
  };
  const protectedNames = listOf(protect);
  known('protect', protectedNames);
  const tiers = new Map(tier.includes('=') ? listOf(tier).map((pair) => splitAt(pair, '=')) : names.map((name) => [name, tier]));
  known('tier', [...tiers.keys()]);
  return names.map((shortName) => ({
    shortName,
    tier: tierIn(tiers.get(shortName), shortName),
    isProtected: protectedNames.includes(shortName),
  }));
}

function tierIn(text: string | undefined, shortName: string): TierName {
  const tier = TIERS.find((one) => one === text);
  if (tier === undefined)
    throw refused(
      'tier',
      text ?? `nothing for ${shortName}`,
      `${TIERS.join(', ')}; or one for each, such as dev=box,prod=fargate`,
    );
  return tier;
}

/** `name:port/path`, and `=image`. */
const SERVICE = /^([^:/=]+):(\d+)(\/[^=]*)(?:=(.+))?$/;

function readService(text: string): ServiceAnswer {
  const [, name, port, healthPath, image] = SERVICE.exec(text) ?? [];
  if (name === undefined || port === undefined || healthPath === undefined)
    throw refused('services', text, 'name:port/health-path, such as web:8080/health, with =image for a public image');
  return { name, port: Number(port), healthPath, image };
}

function readBackend({ state, bucket = '', organization = '', github, 'github-ids': ids }: Given): BackendAnswer {
  switch (state) {
    case 's3':
      return { kind: 's3', bucket, github: readGithub(given(github), given(ids)) };
    case 'cloud':
      return { kind: 'cloud', organization };
    case 'local':
      return { kind: 'local' };
    default:
      throw refused('state', state, 's3, cloud or local');
  }
}

function readGithub(text: string | undefined, idText: string | undefined): GithubAnswer | undefined {
  if (text === undefined) return undefined;
  const [owner, repository] = splitAt(text, '/');
  if (repository === '') throw refused('github', text, 'owner/repository, such as acme/infrastructure');
  if (idText === undefined) return { owner, repository, ids: undefined };
  const [ownerId, repositoryId] = splitAt(idText, '/');
  if (repositoryId === '') throw refused('github-ids', idText, 'the two ids, such as 123456/456789');
  return { owner, repository, ids: { owner: ownerId, repository: repositoryId } };
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const place = text.indexOf(separator);
  return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place + 1)];
}

function refused(flag: string, received: string | undefined, allowed: string): CommandError {
  return new CommandError(`--${flag} is ${JSON.stringify(received ?? '')}; allowed is ${allowed}`, 2);
}
