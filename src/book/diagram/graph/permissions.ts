/** Arrows for IAM: which workload may read or write which bucket, and send to or receive from which queue. */
import { statementsOf } from '../../../terraform/open-statements';
import type { Place } from '../types';
import { keyOf, textOf, type Estate } from './estate';
import { type Graph } from './graph';

/** Action to what it allows, as the arrow says it. */
const VERBS: readonly (readonly [RegExp, string])[] = [
  [/^s3:(GetObject|Get\*|\*)/, 'read'],
  [/^s3:(PutObject|Put\*|\*)/, 'write'],
  [/^sqs:(SendMessage|\*)/, 'send'],
  [/^sqs:(ReceiveMessage|\*)/, 'receive'],
];

interface Statement {
  readonly stack: string;
  readonly policy: Place;
  readonly actions: readonly string[];
  readonly resources: unknown;
}

export function addPermissions(graph: Graph, estate: Estate): void {
  const buckets = new Map(estate.all('aws_s3_bucket').map(({ place, block }) => [textOf(block.bucket), place]));
  for (const { id, role } of principals(graph, estate)) {
    const secrets = new Set<string>();
    for (const { stack, policy, actions, resources } of permissionsOf(estate, role)) {
      const found = [...estate.references(stack, resources), ...namedBuckets(resources, buckets)];
      if (actions.some((action) => action.startsWith('secretsmanager:GetSecretValue'))) {
        for (const place of found) if (place.address.startsWith('aws_secretsmanager_secret.')) secrets.add(keyOf(place));
      }
      const verbs = VERBS.filter(([action]) => actions.some((one) => action.test(one))).map(([, verb]) => verb);
      for (const place of found) addAccess(graph, { id, place, verbs, policy });
    }
    if (secrets.size > 0) graph.addFacts(id, { 'May read secrets': secrets.size });
  }
}

interface Access {
  readonly id: string;
  readonly place: Place;
  readonly verbs: readonly string[];
  readonly policy: Place;
}

function addAccess(graph: Graph, { id, place, verbs, policy }: Access): void {
  const to = graph.at(place);
  const kind = to === undefined ? undefined : graph.node(to)?.kind;
  const fitting = verbs.filter((verb) =>
    (kind === 'bucket' ? ['read', 'write'] : kind === 'queue' ? ['send', 'receive'] : []).includes(verb),
  );
  if (to === undefined || fitting.length === 0) return;
  graph.addEdge('access', { from: id, to, label: fitting.join(', '), allowedBy: [policy] });
}

interface Principal {
  readonly id: string;
  readonly role: Place;
}

/** Every node or group whose processes act as a role. */
function principals(graph: Graph, estate: Estate): readonly Principal[] {
  const found = (stack: string, value: unknown, id: string | undefined): readonly Principal[] =>
    id === undefined ? [] : estate.referencesOf(stack, value, 'aws_iam_role').map((role) => ({ id, role }));
  return [
    ...estate
      .all('aws_ecs_task_definition')
      .flatMap(({ place, block }) => found(place.stack, [block.task_role_arn, block.execution_role_arn], graph.at(place))),
    ...estate.all('aws_codebuild_project').flatMap(({ place, block }) => found(place.stack, block.service_role, graph.at(place))),
    ...estate.all('aws_eks_pod_identity_association').flatMap(({ place, block }) => {
      const pods = graph.ofKind('service', 'worker', 'job').find(({ title }) => title === block.service_account);
      return found(place.stack, block.role_arn, pods?.id);
    }),
    ...estate.all('aws_instance', 'aws_launch_template').flatMap(({ place, block }) => {
      const profiles = estate.referencesOf(place.stack, block.iam_instance_profile, 'aws_iam_instance_profile');
      return profiles.flatMap((profile) => found(profile.stack, estate.blockAt(profile)?.role, graph.at(place)));
    }),
  ];
}

function permissionsOf(estate: Estate, role: Place): readonly Statement[] {
  return estate.all('aws_iam_role_policy').flatMap(({ place, block }) => {
    if (!estate.referencesOf(place.stack, block.role, 'aws_iam_role').some((one) => keyOf(one) === keyOf(role))) return [];
    return statementsOf(block.policy)
      .filter(({ Effect: effect }) => effect === 'Allow')
      .map((statement) => ({
        stack: place.stack,
        policy: place,
        actions: listOf(statement.Action),
        resources: statement.Resource,
      }));
  });
}

/** Buckets that a policy names by their name, because it may be written before they exist. */
function namedBuckets(resources: unknown, buckets: ReadonlyMap<string, Place>): readonly Place[] {
  return listOf(resources).flatMap((resource) => {
    const name = /^arn:aws:s3:::([^/$]+)/.exec(resource)?.[1];
    const place = name === undefined ? undefined : buckets.get(name);
    return place === undefined ? [] : [place];
  });
}

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]).map((one) => textOf(one));
