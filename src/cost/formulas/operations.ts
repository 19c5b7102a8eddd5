/** Secrets and keys, messages, logs, metrics, alarms, audit, budgets. */
import { elementsOf, nestedBlocks, type Block } from '../../terraform/root-module';
import { numberOf, textOf, type Stacks } from '../stacks';
import { monthly, used, type Formula } from '../charge';

const secret: Formula = () => [monthly('Secrets and keys', 'secret', 'secrets-manager/secret', 'secret-month')];

const key: Formula = () => [monthly('Secrets and keys', 'customer-managed key', 'kms/customer-key', 'key-month')];

/** A message is sent, received and deleted. */
const REQUESTS_PER_MESSAGE = 3;
/** A consumer that waits 20 seconds for each answer asks this often in a month. */
const EMPTY_RECEIVES = 131_400;

const queue: Formula = (block, { stacks, usage }) => {
  const queues = stacks.ofType('aws_sqs_queue').length;
  const requests = (usage.messagesPerMonth.value / queues) * REQUESTS_PER_MESSAGE + EMPTY_RECEIVES;
  return used({
    kind: 'Messaging',
    what: 'requests',
    price: `sqs/requests.${block.fifo_queue === true ? 'fifo' : 'standard'}`,
    unit: 'million requests',
    quantity: requests / 1_000_000,
    assumption: 'each message takes three requests, and one consumer polls',
  });
};

const emailDomain: Formula = (_, { stacks, usage }) =>
  used({
    kind: 'Messaging',
    what: 'e-mails',
    price: 'ses/message',
    unit: 'message',
    quantity: usage.emailsPerMonth.value / stacks.ofType('aws_sesv2_email_identity').length,
    assumption: 'without attachments, which cost $0.12 for a gigabyte',
  });

/** Notifications that a subscriber receives in a month. */
const NOTIFICATIONS = 100;

const subscription: Formula = ({ protocol, endpoint }) => {
  if (protocol === 'sms') {
    const country = textOf(endpoint).startsWith('+1') ? 'us' : 'other';
    return used({ ...NOTICE, what: 'text messages', price: `sns/sms.${country}`, unit: 'message', quantity: NOTIFICATIONS });
  }
  return used({
    ...NOTICE,
    what: 'notifications',
    price: 'sns/email',
    unit: '100000 notifications',
    quantity: NOTIFICATIONS / 100_000,
  });
};

const NOTICE = { kind: 'Messaging', assumption: `each subscriber receives ${NOTIFICATIONS} notifications a month` } as const;

const logGroup: Formula = (block, { stacks, usage }) => {
  const gigabytes = usage.logsGb.value / stacks.ofType('aws_cloudwatch_log_group').length;
  const months = (numberOf(block.retention_in_days) ?? 365) / 30;
  return [
    ...used({ ...LOGS, what: 'logs written', price: 'cloudwatch/logs.ingest.standard', unit: 'GB', quantity: gigabytes }),
    ...used({ ...LOGS, what: 'logs kept', price: 'cloudwatch/logs.storage', unit: 'GB-month', quantity: gigabytes * months }),
  ];
};

const LOGS = { kind: 'Monitoring', assumption: 'divided equally between the log groups, and stored uncompressed' } as const;

/** Each metric that an alarm reads counts; expressions over them do not. */
const alarm: Formula = (block, context) => {
  const queries = nestedBlocks(block.metric_query);
  const metrics = queries.length === 0 ? 1 : Math.max(1, queries.filter(({ metric }) => metric !== undefined).length);
  const period = numberOf(block.period) ?? 60;
  const kind = period < 60 ? 'high-resolution' : 'standard';
  return [
    monthly(
      'Monitoring',
      metrics === 1 ? 'alarm' : `alarm over ${metrics} metrics`,
      `cloudwatch/alarm.${kind}`,
      'alarm-month',
      metrics,
    ),
    ...customMetrics(block, context.stacks),
  ];
};

/** Metrics that the host or the application sends; those of AWS and of Container Insights are free or charged elsewhere. */
function isCustom(namespace: string): boolean {
  return namespace !== '' && !/^(AWS|ECS)\//.test(namespace) && namespace !== 'ContainerInsights';
}

function metricOf({ namespace, metric_name: name, dimensions }: Block): string {
  return JSON.stringify([namespace, name, dimensions ?? {}]);
}

/** Charged with the first alarm on each metric. */
function customMetrics(block: Block, stacks: Stacks) {
  if (!isCustom(textOf(block.namespace))) return [];
  const same = stacks.ofType('aws_cloudwatch_metric_alarm').filter((one) => metricOf(one.block) === metricOf(block));
  if (same[0]?.block !== block) return [];
  return [
    monthly('Monitoring', `custom metric ${textOf(block.metric_name)}`, 'cloudwatch/custom-metric.first-10000', 'metric-month'),
  ];
}

/** A dashboard, and the custom metrics that it shows and no alarm reads. */
const dashboard: Formula = ({ dashboard_body: body }, { stacks }) => {
  const alarmed = new Set(stacks.ofType('aws_cloudwatch_metric_alarm').map(({ block: { metric_name: name } }) => name));
  const shown = shownMetrics(body).filter(([namespace, name]) => isCustom(namespace) && !alarmed.has(name));
  const distinct = new Set(shown.map(([, name]) => name)).size;
  return [
    monthly('Monitoring', 'dashboard', 'cloudwatch/dashboard', 'dashboard-month'),
    ...(distinct === 0
      ? []
      : [monthly('Monitoring', `${distinct} custom metrics`, 'cloudwatch/custom-metric.first-10000', 'metric-month', distinct)]),
  ];
};

function shownMetrics(body: unknown): readonly (readonly [string, string])[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(textOf(body, '{}'));
  } catch {
    return [];
  }
  const widgets = nestedBlocks((parsed as Block).widgets);
  return widgets.flatMap(({ properties }) =>
    elementsOf((properties as Block | undefined)?.metrics).flatMap((row): (readonly [string, string])[] => {
      const [namespace, name] = elementsOf(row);
      return typeof namespace === 'string' && typeof name === 'string' ? [[namespace, name]] : [];
    }),
  );
}

/** The first trail of an account is free; what it stores is in its bucket. */
const trail: Formula = (block) => [
  monthly('Monitoring', 'first copy of management events', 'cloudtrail/management-events.first-copy', '100000 events'),
  ...(block.event_selector === undefined && block.advanced_event_selector === undefined
    ? []
    : [monthly('Monitoring', 'data events', 'cloudtrail/data-events.unmeasured', '100000 events')]),
];

const budget: Formula = () => [monthly('Monitoring', 'budget that notifies', 'budgets/budget.without-actions', 'budget-day', 30)];

/** State transitions of one run of a job. */
const TRANSITIONS = 10;

const stateMachine: Formula = (block, { stacks, usage }) => {
  if (textOf(block.type, 'STANDARD') !== 'STANDARD')
    return [monthly('Compute', 'express state machine', 'step-functions/express.requests', 'million requests')];
  const runs = (usage.jobHoursPerMonth.value * 6) / stacks.ofType('aws_sfn_state_machine').length;
  return used({
    kind: 'Compute',
    what: 'state transitions of runs',
    price: 'step-functions/standard.transitions',
    unit: '1000 transitions',
    quantity: (runs * TRANSITIONS) / 1000,
    assumption: 'a run takes ten minutes and ten transitions',
  });
};

/** Standard parameters are free. */
const parameter: Formula = ({ tier }) =>
  tier === 'Advanced' ? [monthly('Secrets and keys', 'advanced parameter', 'ssm/advanced-parameter', 'month')] : [];

export const OPERATIONS: Readonly<Record<string, Formula>> = {
  aws_secretsmanager_secret: secret,
  aws_kms_key: key,
  aws_sqs_queue: queue,
  aws_sesv2_email_identity: emailDomain,
  aws_sns_topic_subscription: subscription,
  aws_cloudwatch_log_group: logGroup,
  aws_cloudwatch_metric_alarm: alarm,
  aws_cloudwatch_dashboard: dashboard,
  aws_cloudtrail: trail,
  aws_budgets_budget: budget,
  aws_sfn_state_machine: stateMachine,
  aws_ssm_parameter: parameter,
};
