/** What stacks look up instead of making it: in a real account it is there, in an empty emulator it is made first. Pure. */
import { blocksOf, type Json, type RootModule } from './module-json';

/** The folder, and what the report calls it. */
export const PREREQUISITES = 'tryout-prerequisites';

/**
 * A module with everything that the modules look up by name.
 * @returns undefined when they look nothing up
 */
export function prerequisitesOf(modules: readonly RootModule[]): RootModule | undefined {
  const resource: Record<string, Record<string, Json>> = {};
  for (const { type, block } of modules.flatMap(({ data }) => blocksOf(data))) {
    const made = MAKERS[type]?.(block);
    if (made !== undefined) resource[made.type] = { ...resource[made.type], [identifier(made.name)]: made.block };
  }
  if (Object.keys(resource).length === 0) return undefined;
  const required = modules.map(({ terraform }) => terraform.required_providers?.aws).find((pin) => pin !== undefined);
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

interface Made {
  readonly type: string;
  readonly name: string;
  readonly block: Json;
}

/** A value that is written out, not referred to. */
function literal(value: unknown): string | undefined {
  return typeof value === 'string' && !value.includes('${') ? value : undefined;
}

const MAKERS: Readonly<Record<string, (block: Json) => Made | undefined>> = {
  aws_route53_zone: ({ name }) => {
    const zone = literal(name)?.replace(/\.$/, '');
    return zone === undefined ? undefined : { type: 'aws_route53_zone', name: zone, block: { name: zone, force_destroy: true } };
  },
};

function identifier(name: string): string {
  return `made-${name.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}
