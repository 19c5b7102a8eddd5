/** Revisions of ECS task definitions that differ in images only. */
import type { RegisterTaskDefinitionCommandInput, Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import { explained, isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { Target } from '../target';
import type { References } from '../release/releaser';

export interface Revision {
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/** What ECS adds to a revision when it is registered. */
const ADDED = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
]);

/** How many revisions are looked at to find the one from before a release. */
const LOOKED_BACK = 10;

type Aws = Pick<Target, 'aws'>;

/** @param id a family, for its newest active revision; `<family>:<number>`; or an ARN. Undefined when there is none */
export async function revisionOf({ aws }: Aws, id: string): Promise<Revision | undefined> {
  const ecs = await aws.ecs();
  try {
    // Terraform compares tags: a new revision has those of the one before.
    const { taskDefinition, tags = [] } = await ecs.describeTaskDefinition({ taskDefinition: id, include: ['TAGS'] });
    return taskDefinition === undefined ? undefined : { definition: taskDefinition, tags };
  } catch (error) {
    // What ECS answers for a family or revision that does not exist.
    if (isAwsError(error, 'ClientException')) return undefined;
    return explained(`reading the task definition ${id}`, () => Promise.reject(error as Error));
  }
}

/** @throws CommandError when there is none */
export async function requiredRevision(target: Aws, id: string): Promise<Revision> {
  const found = await revisionOf(target, id);
  if (found === undefined) throw new CommandError(`there is no task definition ${id}`);
  return found;
}

/** Whether the containers run these images. */
export function hasImages({ definition }: Revision, images: References): boolean {
  return Object.entries(images).every(([name, image]) =>
    (definition.containerDefinitions ?? []).some((container) => container.name === name && container.image === image),
  );
}

/** The newest revision when it has these images, otherwise a further one that differs from it in nothing else. */
export async function revisionWith(target: Aws, newest: Revision, images: References): Promise<string> {
  const { taskDefinitionArn = '' } = newest.definition;
  return hasImages(newest, images) ? taskDefinitionArn : register(target, inputOf(newest, images));
}

/**
 * The revision from before a release, which is the newest one again afterwards: those that the release registered are deregistered,
 * so that Terraform, which follows the newest, finds what it knows. Where Terraform has registered a revision with other changes in
 * the meantime, a further one with these changes and the images of before is registered.
 */
export async function formerRevision(target: Aws, newest: Revision, images: References): Promise<string> {
  if (hasImages(newest, images)) return newest.definition.taskDefinitionArn ?? '';
  const { family = '', revision = 0 } = newest.definition;
  const wanted = inputOf(newest, images);
  const later = [newest];
  for (let number = revision - 1; number >= 1 && number >= revision - LOOKED_BACK; number -= 1) {
    const earlier = await revisionOf(target, `${family}:${number}`);
    if (earlier?.definition.status !== 'ACTIVE') continue;
    if (textOf(inputOf(earlier)) === textOf(wanted)) {
      for (const one of later) await deregister(target, one);
      return earlier.definition.taskDefinitionArn ?? '';
    }
    later.push(earlier);
  }
  return register(target, wanted);
}

/** Registers the revision, with these images, in another family. @returns its ARN */
export function registerIn(target: Aws, family: string, revision: Revision, images: References): Promise<string> {
  return register(target, { ...inputOf(revision, images), family });
}

/** The revision as ECS takes it, with some images replaced. */
function inputOf({ definition, tags }: Revision, images: References = {}): RegisterTaskDefinitionCommandInput {
  const kept = Object.fromEntries(Object.entries(definition).filter(([name]) => !ADDED.has(name)));
  return {
    ...(kept as Pick<TaskDefinition, 'family'>),
    family: definition.family,
    containerDefinitions: (definition.containerDefinitions ?? []).map((container) => ({
      ...container,
      image: images[container.name ?? ''] ?? container.image,
    })),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
  };
}

async function register({ aws }: Aws, input: RegisterTaskDefinitionCommandInput): Promise<string> {
  const ecs = await aws.ecs();
  const { taskDefinition } = await explained(`registering a revision of ${input.family}`, () =>
    ecs.registerTaskDefinition(input),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

/** What runs with it keeps running. */
async function deregister({ aws }: Aws, { definition: { taskDefinitionArn: taskDefinition } }: Revision): Promise<void> {
  const ecs = await aws.ecs();
  await explained(`deregistering ${taskDefinition}`, () => ecs.deregisterTaskDefinition({ taskDefinition }));
}

/** The same for equal values, in whatever order their fields are. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([first], [second]) => (first < second ? -1 : 1)))
      : one,
  );
}
