/** What has to be deployed before the stacks of an environment: the store of its states, and the shared zone of its names. */
import { isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import { bootstrapStackId } from '../../config/names';
import { kindOf } from '../../contracts/stack-kinds';
import type { Scope } from './scope';
import { stateObjects } from './state-objects';

/** @throws CommandError with the command that deploys what is missing */
export async function refuseWithoutPrerequisites(scope: Scope): Promise<void> {
  await refuseWithoutStore(scope);
  const { selected, reads, aws, terraform } = scope;
  const zones = new Set(selected.flatMap((stack) => reads.get(stack) ?? []).filter((stack) => kindOf(stack) === 'zone'));
  for (const zone of zones) {
    if (selected.includes(zone) || !reads.has(zone)) continue;
    const { managed } = await stateObjects(zone, { ...terraform, aws });
    if (managed.length === 0)
      throw new CommandError(
        `the shared zone ${zone} is not deployed, and ${scope.name} reads it\n  fix   npm run deploy -- ${zone}`,
      );
  }
}

/** Whoever may not ask for the bucket is told by Terraform. */
async function refuseWithoutStore({ environment, aws, name }: Scope): Promise<void> {
  if (environment?.backend.kind !== 's3') return;
  const { store } = environment.backend;
  const s3 = await aws.in(store.region).s3();
  const isMissing = await s3.headBucket({ Bucket: store.bucket }).then(
    () => false,
    (error: unknown) => isAwsError(error, 'NotFound', 'NoSuchBucket'),
  );
  if (isMissing)
    throw new CommandError(
      `the state store ${store.name} of ${name} is not deployed: there is no bucket ${store.bucket}\n  fix   npm run deploy -- ${bootstrapStackId(store.name)}   (once for all its environments: docs/bootstrap.md)`,
    );
}
