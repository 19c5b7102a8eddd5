/** What stacks own in DNS and certificates, and what they read: two stacks never own the same thing. */
import { kindOf } from '../../src/contracts/stack-kinds';
import type { RootModule } from './synth';

export type Stacks = Readonly<Record<string, RootModule>>;

type Block = Readonly<Record<string, any>>;

/** Things that more than one stack owns, each with these stacks. */
export function ownedTwice(stacks: Stacks): readonly string[] {
  const owners = new Map<string, Set<string>>();
  for (const [id, module] of Object.entries(stacks)) {
    for (const thing of thingsOf(module, stacks)) owners.set(thing, (owners.get(thing) ?? new Set()).add(id));
  }
  return [...owners].filter(([, ids]) => ids.size > 1).map(([thing, ids]) => `${thing}: ${[...ids].sort().join(', ')}`);
}

/** Everything of which there can be one owner, in a form that is equal for equal things. */
function thingsOf(module: RootModule, stacks: Stacks): readonly string[] {
  const each = (type: string, make: (block: Block) => readonly string[]): readonly string[] =>
    Object.values(module.resource?.[type] ?? {}).flatMap(make);
  const zone = ({ zone_id: id }: Block): string => zoneName(String(id), module, stacks);
  return [
    ...['aws_route53_record', 'cloudflare_dns_record'].flatMap((type) => each(type, recordThings)),
    ...each('aws_route53_zone', ({ name }) => [`zone ${name}`]),
    ...each('cloudflare_zone', ({ name }) => [`zone ${name}`]),
    ...each('cloudflare_zone_setting', (block) => [`setting ${block.setting_id} of ${zone(block)}`]),
    ...each('cloudflare_ruleset', (block) => [`rules ${block.phase} of ${zone(block)}`]),
    ...each('cloudflare_pages_domain', ({ name }) => [`site ${name}`]),
    ...each('aws_cloudfront_distribution', ({ aliases = [] }) => aliases.map((name: string) => `alias ${name}`)),
    ...each('aws_acm_certificate', (block) => certificateThings(block, module)),
  ];
}

/** A name has one owner, whatever the types and weights of its records are. */
function recordThings({ name, type }: Block): readonly string[] {
  const proven = /option\.domain_name == "([^"]+)"/.exec(name)?.[1];
  if (proven !== undefined) return [`proof of ${proven}`];
  return [type === 'CAA' || type === 'NS' ? `${type} of ${name}` : `name ${name}`];
}

function certificateThings({ domain_name: first, subject_alternative_names: others = [], region }: Block, module: RootModule) {
  const place = region ?? module.provider.aws?.[0]?.region;
  return [first, ...others].map((name: string) => `certificate of ${name} in ${place}`);
}

/** The name of the zone that an id belongs to, followed through outputs of other stacks. */
function zoneName(id: string, module: RootModule, stacks: Stacks): string {
  const reference = /^\$\{(.+)\}$/.exec(id)?.[1]?.split('.') ?? [];
  if (reference[0] === 'data' && reference[1] === 'terraform_remote_state') {
    const producer = producerId(module, String(reference[2]), stacks);
    const { value } = stacks[producer]?.output?.[String(reference[4])] ?? {};
    return zoneName(String(value), stacks[producer] as RootModule, stacks);
  }
  const [section, type, address] =
    reference[0] === 'data' ? [module.data, reference[1], reference[2]] : [module.resource, ...reference];
  const block: Block = section?.[String(type)]?.[String(address)] ?? {};
  if (block.zone_id !== undefined) return zoneName(block.zone_id, module, stacks);
  const name = block.name ?? block.filter?.name;
  if (typeof name !== 'string') throw new Error(`${id} is no zone`);
  return name;
}

/** What a stack reads from the states of others. */
export interface Reading {
  readonly reader: string;
  readonly producer: string;
}

/** Every remote state of every stack. */
export function readings(stacks: Stacks): readonly Reading[] {
  return Object.entries(stacks).flatMap(([reader, module]) =>
    Object.keys(module.data?.terraform_remote_state ?? {}).map((name) => ({
      reader,
      producer: producerId(module, name, stacks),
    })),
  );
}

/** The stack whose state a remote state is, by where both are. */
function producerId(module: RootModule, name: string, stacks: Stacks): string {
  const { config } = module.data?.terraform_remote_state?.[name] ?? {};
  const found = Object.entries(stacks).find(([, { terraform }]) => place(terraform) === placeOf(config));
  if (found === undefined) throw new Error(`the state ${placeOf(config)} belongs to no stack`);
  return found[0];
}

function place({ backend, cloud }: Block): string {
  return placeOf(cloud ?? Object.values(backend as object)[0]);
}

function placeOf(settings: Block | undefined): string {
  const { bucket, key, path, workspaces } = settings ?? {};
  return JSON.stringify([bucket, key, path, workspaces?.name]);
}

/** The environment or shared zone that a stack belongs to. */
export function groupOf(stackId: string): string {
  const kind = kindOf(stackId);
  if (kind === 'zone') return stackId;
  return stackId.slice(0, -`-${kind ?? ''}`.length);
}
