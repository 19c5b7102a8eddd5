/** The state of a stack in short: what it publishes, which resources it has, and when it was written. */
import { z } from 'zod';
import { CommandError } from '../cli/errors';
import type { Block, RootModule } from '../terraform/root-module';
import { readStateText, type ReadOptions, type StatePlace } from './state-outputs';

export interface StackState {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Addresses of what it manages, without indices and data sources, sorted. */
  readonly resources: readonly string[];
  /** Unknown in HCP Terraform. */
  readonly writtenAt?: Date;
}

const stateSchema = z.object({
  outputs: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
  resources: z
    .array(z.object({ mode: z.string().optional(), type: z.string(), name: z.string(), module: z.string().optional() }))
    .default([]),
});

/**
 * Undefined for a stack that is not deployed: it has no state, or an empty one, which `terraform destroy` leaves.
 * @throws CommandError when the state cannot be read
 */
export async function readStackState(place: StatePlace, options: ReadOptions): Promise<StackState | undefined> {
  const stored = await readStateText(place, options);
  if (stored === undefined || stored.text.trim() === '') return undefined;
  const parsed = stateSchema.safeParse(JSON.parse(stored.text));
  if (!parsed.success) throw new CommandError(`the state of ${place.stackId} is not one of Terraform's`);
  const { outputs, resources } = parsed.data;
  const managed = resources.filter(({ mode }) => mode !== 'data');
  if (managed.length === 0 && Object.keys(outputs).length === 0) return undefined;
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
    resources: managed.map(({ type, name, module }) => `${module === undefined ? '' : `${module}.`}${type}.${name}`).sort(),
    writtenAt: stored.writtenAt,
  };
}

interface BucketSettings {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
}

/** Where a synthesised stack keeps its state; undefined without a backend that Terrace writes. */
export function statePlaceOf(stackId: string, { terraform }: RootModule): StatePlace | undefined {
  const { backend, cloud } = (terraform ?? {}) as {
    readonly backend?: { readonly s3?: BucketSettings; readonly local?: { readonly path?: string } };
    readonly cloud?: object;
  };
  if (cloud !== undefined) return { backend: { kind: 'cloud' }, stackId, stateKey: '' };
  if (backend?.local !== undefined) return { backend: { kind: 'local', path: backend.local.path }, stackId, stateKey: '' };
  return backend?.s3 && inBucket(stackId, backend.s3);
}

/** Where a stack reads the state of another one, by its `terraform_remote_state`. */
export function remoteStatePlaceOf(stackId: string, block: Block): StatePlace | undefined {
  const { backend, config } = block as { readonly backend?: string; readonly config?: BucketSettings };
  if (backend === 'remote') return { backend: { kind: 'cloud' }, stackId, stateKey: '' };
  if (backend === 'local') return { backend: { kind: 'local' }, stackId, stateKey: '' };
  return backend === 's3' && config !== undefined ? inBucket(stackId, config) : undefined;
}

function inBucket(stackId: string, { bucket, key, region }: BucketSettings): StatePlace {
  return { backend: { kind: 's3', store: { bucket, region } }, stackId, stateKey: key };
}
