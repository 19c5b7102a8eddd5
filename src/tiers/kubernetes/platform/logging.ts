/**
 * Values of the log collector: the lines of each workload go to the group, and below the stream prefix, that they have on
 * every tier. Pods say both by annotations, so that a new workload changes nothing here. Pure.
 */
import { LOG_ANNOTATIONS } from '../workloads/pod';
import { PLATFORM_ACCOUNTS } from './accounts';
import { asks, type PlatformContext } from './context';

type Section = readonly [kind: 'SERVICE' | 'INPUT' | 'FILTER' | 'OUTPUT', settings: Readonly<Record<string, string>>];

/** Where the kubelet links the logs of containers: `<pod>_<namespace>_<container>-<id>.log`. */
const LOGS = '/var/log/containers';

/** Where the collector remembers how far it has read; the node's disk, so that a restart repeats nothing. */
const POSITIONS = '/var/log/terrace-fluent-bit';

/** Read root's files and nothing else: no capabilities, no writing but the positions. */
const SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** On every node, also those that other pods stay off. */
export function fluentBitValues(context: PlatformContext) {
  return {
    serviceAccount: { create: true, name: PLATFORM_ACCOUNTS['fluent-bit'].serviceAccount },
    tolerations: [{ operator: 'Exists' }],
    securityContext: SECURITY,
    resources: asks('50m', '128Mi'),
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

/** Looks up the annotations of a workload's pod. */
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
      },
    ],
  ];
}

/** Only what the container wrote is sent, as on the other tiers. Groups are Terraform's, with their retention: none is made here. */
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
        // Pods without annotations (started by hand) end in the platform's group.
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
