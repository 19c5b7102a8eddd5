/**
 * Values of the log collector. The logs of each workload go to the log group and stream prefix that it has on every tier.
 * Pods name both in annotations, so a new workload needs no change here. Pure.
 */
import { CHARTS, chartResources, type PlatformContext } from './charts';

/** The annotations of pods that name their log group and stream prefix. */
export const LOG_ANNOTATIONS = { group: 'terrace.logs/group', streamPrefix: 'terrace.logs/stream-prefix' } as const;

type Section = readonly [kind: 'SERVICE' | 'INPUT' | 'FILTER' | 'OUTPUT', settings: Readonly<Record<string, string>>];

/** The kubelet's links to container logs: `<pod>_<namespace>_<container>-<id>.log`. */
const LOGS = '/var/log/containers';

/** The collector's read positions, on the node's disk, so that a restart repeats no line. */
const POSITIONS = '/var/log/terrace-fluent-bit';

/** It reads files of root, and needs no capabilities and no write access except to its positions. */
const SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** On every node, including those that other pods do not tolerate. */
export function fluentBitValues(context: PlatformContext) {
  return {
    serviceAccount: { create: true, name: CHARTS['fluent-bit'].serviceAccount },
    tolerations: [{ operator: 'Exists' }],
    securityContext: SECURITY,
    // A node without it would lose the logs of all its pods: other pods make room for it.
    priorityClassName: 'system-node-critical',
    resources: chartResources('fluent-bit'),
    // The chart's test pod has no requests.
    testFramework: { enabled: false },
    config: {
      inputs: render(inputs(context)),
      filters: render(filters()),
      outputs: render(outputs(context)),
      customParsers: '',
    },
  };
}

function inputs({ namespace }: PlatformContext): readonly Section[] {
  const workloads = `${LOGS}/*_${namespace}_*.log`;
  const common = { Name: 'tail', 'multiline.parser': 'cri', Mem_Buf_Limit: '16MB', Skip_Long_Lines: 'On', Refresh_Interval: '5' };
  return [
    ['INPUT', { ...common, Tag: 'workloads.*', Path: workloads, DB: `${POSITIONS}-workloads.db` }],
    ['INPUT', { ...common, Tag: 'platform.*', Path: `${LOGS}/*.log`, Exclude_Path: workloads, DB: `${POSITIONS}-platform.db` }],
  ];
}

/** Adds the annotations of the pod to each line. */
function filters(): readonly Section[] {
  return [
    [
      'FILTER',
      {
        Name: 'kubernetes',
        Match: 'workloads.*',
        Kube_Tag_Prefix: 'workloads.var.log.containers.',
        Labels: 'Off',
        Annotations: 'On',
        Merge_Log: 'Off',
        // Without a limit: an answer that does not fit is dropped, and the line with its annotations.
        Buffer_Size: '0',
      },
    ],
  ];
}

/** Only what the container wrote is sent, as on the other tiers. Terraform owns the log groups and their retention; none is created here. */
function outputs({ region, platformLogGroupName }: PlatformContext): readonly Section[] {
  const common = {
    Name: 'cloudwatch_logs',
    region,
    log_key: 'log',
    auto_create_group: 'Off',
    log_group_name: platformLogGroupName,
  };
  const annotation = (name: string) => `$kubernetes['annotations']['${name}']`;
  return [
    [
      'OUTPUT',
      {
        ...common,
        Match: 'workloads.*',
        // Pods without annotations (started by hand) write to the platform's group.
        log_stream_prefix: 'unnamed.',
        log_group_template: annotation(LOG_ANNOTATIONS.group),
        // Only a dot or a comma may follow a field.
        log_stream_template: `${annotation(LOG_ANNOTATIONS.streamPrefix)}.$kubernetes['container_name'].$kubernetes['pod_name']`,
      },
    ],
    ['OUTPUT', { ...common, Match: 'platform.*', log_stream_prefix: 'platform.' }],
  ];
}

function render(sections: readonly Section[]): string {
  return sections
    .map(([kind, settings]) =>
      [`[${kind}]`, ...Object.entries(settings).map(([name, value]) => `    ${name} ${value}`)].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}
