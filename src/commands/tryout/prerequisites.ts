/** What stacks look up instead of creating: an account has it, an empty emulator gets it first. Pure. */
import { blocksOf, requiredProviders, type Block, type RootModule } from '../../terraform/root-module';

/** The folder, and its name in the report. */
export const PREREQUISITES = 'tryout-prerequisites';

/**
 * A module with everything that the modules look up by name.
 * @returns undefined when they look nothing up
 */
export function prerequisitesOf(modules: readonly RootModule[]): RootModule | undefined {
  const resource: Record<string, Record<string, Block>> = {};
  for (const { type, block } of modules.flatMap(({ data }) => blocksOf(data))) {
    const created = CREATORS[type]?.(block);
    if (created !== undefined) resource[created.type] = { ...resource[created.type], [identifier(created.name)]: created.block };
  }
  if (Object.keys(resource).length === 0) return undefined;
  const { aws: required } = requiredProviders(...modules);
  return {
    terraform: {
      backend: { local: { path: `../../../terraform.${PREREQUISITES}.tfstate` } },
      ...(required && { required_providers: { aws: required } }),
    },
    provider: { aws: [{ region: regionOf(modules) }] },
    resource,
  };
}

function regionOf(modules: readonly RootModule[]): unknown {
  return modules.map(({ provider }) => provider?.aws?.[0]?.region).find((region) => region !== undefined);
}

interface Created {
  readonly type: string;
  readonly name: string;
  readonly block: Block;
}

/** A value that is not a reference. */
function literal(value: unknown): string | undefined {
  return typeof value === 'string' && !value.includes('${') ? value : undefined;
}

const CREATORS: Readonly<Record<string, (block: Block) => Created | undefined>> = {
  aws_route53_zone: ({ name }) => {
    const zone = literal(name)?.replace(/\.$/, '');
    return zone === undefined ? undefined : { type: 'aws_route53_zone', name: zone, block: { name: zone, force_destroy: true } };
  },
};

function identifier(name: string): string {
  return `made-${name.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}
