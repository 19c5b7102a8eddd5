/** What tests of whole moves have in common: the systems that move, their states in an emulated bucket, and the names of a zone. */
import type { AwsClients } from '../../src/aws/clients';
import { planJson, resourceChange } from './plans';
import { completed, jsonLines, StubTerraform } from './stub-terraform';

export const STATES = 'shop-terraform-state';

/** The bucket of the states, as a description names it. */
export const IN_STATES = { kind: 's3', store: { name: 'shop', bucket: STATES, region: 'eu-west-1' } } as const;

/** The stack with the records of the zone: its deployment leads visitors. */
export const NAMES = 'zone-shop-example-names';

export const MASTER_SECRET = '/shop/mvp/database/master';

/** Part of both environments of a zone that they share. */
export function inSharedZone(servedBy: string): object {
  return {
    cache: undefined,
    backend: IN_STATES,
    domain: {
      kind: 'shared',
      zone: { zone: 'shop.example', provider: 'route53', servedBy },
      names: ['shop.example'],
    },
  };
}

/** Part of a description: a database on RDS, and the network that a route leads to. */
export const ON_RDS = {
  network: { cidr: '10.0.0.0/16', zones: 2, nat: 'single' },
  database: {
    placement: 'managed',
    version: '16',
    name: 'shop',
    instanceClass: 'db.t4g.micro',
    credentials: { kind: 'rotated-secret', rotateAfterDays: 90, secretName: MASTER_SECRET },
  },
} as const;

/** Terraform that plans nothing but a change of the names. */
export function namesTerraform(): StubTerraform {
  return new StubTerraform({
    '*:show': { stdout: planJson([]) },
    [`${NAMES}:show`]: { stdout: planJson([resourceChange('aws_route53_record.address', ['update'])]) },
    '*:apply': { stdout: jsonLines(completed('aws_route53_record.address', 'update')) },
  });
}

/** How often a stack was applied. */
export function appliesOf(terraform: StubTerraform, stack: string): number {
  return terraform.calls().filter(({ folder, args: [command] }) => folder === stack && command === 'apply').length;
}

/**
 * Creates the bucket of the states, and what was deployed.
 * @param states outputs by stack: `mvp/compute-box`
 * @param others further buckets
 */
export async function keepStates(
  aws: AwsClients,
  states: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  others: readonly string[] = [],
): Promise<void> {
  const s3 = await aws.s3();
  for (const Bucket of [STATES, ...others])
    await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
  for (const [stack, values] of Object.entries(states)) {
    const outputs = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, type: 'dynamic' }]));
    const Body = JSON.stringify({ version: 4, outputs });
    await s3.putObject({ Bucket: STATES, Key: `${stack}/terraform.tfstate`, Body });
  }
}
