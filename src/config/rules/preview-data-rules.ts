/** Rules that keep the containers of previews from the data of their environment. */
import { previewContainers } from '../calculations/preview-containers';
import type { ParsedEnvironment } from '../schema/environment';
import { findingIf, valueFinding } from './finding';
import { CONTAINER_SECTIONS, containersOf, permissionsOf } from './located';
import { defineRule, type Rule } from './rule';

type Previewed = Pick<ParsedEnvironment, 'preview' | 'services' | 'workers' | 'jobs'>;

/** The containers that a preview has. */
function previewed({ preview, ...containers }: Previewed) {
  if (preview === undefined) return [];
  const keys = previewContainers(preview, containers);
  return containersOf(containers).filter(({ key }) => keys.includes(key));
}

/** Actions on data, whose resources a preview has of its own or must not reach. */
const DATA_ACTIONS = /^(?:\*|s3[a-z-]*|sqs|secretsmanager|kms|rds[a-z-]*|elasticfilesystem|elasticache|ssm|dynamodb|iam|sts):/i;

const apartFromData = defineRule({
  id: 'preview-data',
  severity: 'refusal',
  summary: 'No container of a preview has a permission, a path of secrets or a file system that its environment has too.',
  reads: ['preview'],
  also: CONTAINER_SECTIONS,
  check: (environment) =>
    previewed(environment).flatMap((container) => [
      ...findingIf(
        container.value.mounts.length > 0,
        `${container.path}.mounts`,
        container.value.mounts,
        'no file system in a container of previews: they have none of their own',
        'leave the container out of `preview.containers`, or keep its files in a bucket',
      ),
      ...permissionsOf(container).flatMap(({ path, value }) => [
        ...findingIf(
          'secretPath' in value && value.secretPath.startsWith('/'),
          `${path}.secretPath`,
          'secretPath' in value ? value.secretPath : undefined,
          "a path without a leading slash, which is the preview's own in a preview",
          'remove the slash and what follows from the environment: "users/*"',
        ),
        ...('actions' in value ? value.actions : []).flatMap((action) =>
          findingIf(
            DATA_ACTIONS.test(action),
            `${path}.actions`,
            action,
            'no action on data by ARN in a container of previews: a preview would have it on data of the environment',
            'declare the bucket, queue or secret and name it, or leave the container out of `preview.containers`',
          ),
        ),
      ]),
    ]),
});

const samePermissions = defineRule({
  id: 'preview-permissions',
  severity: 'risk',
  summary: 'Containers of previews have no permission on resources that are named by ARN: these are the same in every preview.',
  reads: ['preview'],
  also: CONTAINER_SECTIONS,
  check: (environment) =>
    previewed(environment).flatMap((container) =>
      permissionsOf(container).flatMap(({ path, value }) =>
        'actions' in value && !value.actions.some((action) => DATA_ACTIONS.test(action))
          ? [
              valueFinding(
                path,
                `${value.actions.join(', ')} on ${value.resources.join(', ')}`,
                'no permission by ARN in a container of previews, whose code nobody has reviewed',
                'leave the container out of `preview.containers`, or accept that previews do the same',
              ),
            ]
          : [],
      ),
    ),
});

export const DATA_RULES_OF_PREVIEWS: readonly Rule[] = [apartFromData, samePermissions];
