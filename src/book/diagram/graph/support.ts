/** What serves the whole environment: topics, images, secrets, keys, logs, backups. One node for each kind and region. */
import { textOf, type Estate, type Found } from './estate';
import { count, facts, type Graph } from './graph';
import { addRegion } from './network';
import type { NodeKind } from '../types';
import { keyOf } from './estate';

interface Kind {
  readonly kind: NodeKind;
  readonly types: readonly string[];
  readonly title: string;
  readonly line: (number: number) => string;
}

const KINDS: readonly Kind[] = [
  { kind: 'secrets', types: ['aws_secretsmanager_secret'], title: 'Secrets Manager', line: (number) => count(number, 'secret') },
  {
    kind: 'images',
    types: ['aws_ecr_repository'],
    title: 'Container images',
    line: (number) => `ECR · ${count(number, 'repository', 'repositories')}`,
  },
  { kind: 'keys', types: ['aws_kms_key'], title: 'Encryption keys', line: (number) => `KMS · ${count(number, 'key')}` },
  { kind: 'logs', types: ['aws_cloudwatch_log_group'], title: 'CloudWatch Logs', line: (number) => count(number, 'log group') },
  {
    kind: 'backup',
    types: ['aws_backup_plan', 'aws_dlm_lifecycle_policy'],
    title: 'Backups',
    line: (number) => count(number, 'plan'),
  },
];

export function addSupport(graph: Graph, estate: Estate): void {
  addTopics(graph, estate);
  for (const { kind, types, title, line } of KINDS) {
    const all = estate.all(...types);
    for (const region of new Set(all.map((one) => one.region))) {
      const found = all.filter((one) => one.region === region);
      graph.addNode({
        id: `region/${region}/${kind}`,
        kind,
        group: addRegion(graph, region),
        title,
        lines: [line(found.length)],
        addresses: found.map(({ place }) => place),
        facts: found.map(({ block, name }) => ({ label: 'Name', value: textOf(block.name, textOf(block.description, name)) })),
      });
    }
  }
}

/** A topic with the alarms that notify it and its subscribers. */
function addTopics(graph: Graph, estate: Estate): void {
  const alarms = estate.all('aws_cloudwatch_metric_alarm');
  const subscriptions = estate.all('aws_sns_topic_subscription');
  for (const { place, name, block, region } of estate.all('aws_sns_topic')) {
    const to = ({ place: { stack } }: Found, value: unknown): boolean =>
      estate.referencesOf(stack, value, 'aws_sns_topic').some((one) => keyOf(one) === keyOf(place));
    const notifying = alarms.filter((alarm) => to(alarm, alarm.block.alarm_actions));
    const subscribed = subscriptions.filter((subscription) => to(subscription, subscription.block.topic_arn));
    const protocols = [...new Set(subscribed.map((subscription) => textOf(subscription.block.protocol)))];
    graph.addNode({
      id: keyOf(place),
      kind: 'topic',
      group: addRegion(graph, region),
      title: name.includes('watchdog') ? 'Watchdog topic' : 'Alarm topic',
      lines: [
        ['SNS', ...(protocols.length > 0 ? [protocols.join(', ')] : [])].join(' · '),
        ...(notifying.length > 0 ? [count(notifying.length, 'alarm')] : []),
      ],
      addresses: [place],
      facts: facts({ Name: textOf(block.name), Alarms: notifying.length, Subscribers: protocols.join(', ') }),
    });
  }
}
