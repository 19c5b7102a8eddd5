/** How services, nodes and hosts are stopped and started. Pure: values may be Terraform references. */
import { call, callStep, mapStep, waitStep, type Step } from './steps';
import type { SleepingCompute, SleepingService } from './sleeping-resources';

/** Seconds between two looks at the tasks of a service that is stopped. */
const LOOK_SECONDS = 30;

/** Looks after which the database is stopped all the same: ten minutes. Tasks that protect themselves may run longer. */
const LOOKS = 20;

/** Seconds in which pods of removed nodes end, before the database stops. */
const DRAIN_SECONDS = 300;

/** Stops what the tiers run; what connects to the database has ended afterwards. */
export function stopCompute({ services, nodeGroups, hostGroups, instanceIds }: SleepingCompute): readonly Step[] {
  return [
    ...(services.length > 0 ? [stopServices(services), awaitServices(services)] : []),
    ...(nodeGroups.length > 0 ? [removeNodes(nodeGroups)] : []),
    ...(hostGroups.length > 0 ? [removeHosts(hostGroups)] : []),
    ...(instanceIds.length > 0 ? [callStep('StopHost', 'ec2:stopInstances', { InstanceIds: instanceIds })] : []),
    ...(nodeGroups.length + hostGroups.length + instanceIds.length > 0 ? [waitStep('Drain', DRAIN_SECONDS)] : []),
  ];
}

/** Starts what the tiers run. Nothing that already runs more than its minimum is reduced. */
export function startCompute({ services, nodeGroups, hostGroups, instanceIds }: SleepingCompute): readonly Step[] {
  return [
    ...(instanceIds.length > 0 ? [callStep('StartHost', 'ec2:startInstances', { InstanceIds: instanceIds })] : []),
    ...(hostGroups.length > 0 ? [addHosts(hostGroups)] : []),
    ...(nodeGroups.length > 0 ? [addNodes(nodeGroups)] : []),
    ...(services.length > 0 ? [startServices(services)] : []),
  ];
}

/** Scaling is suspended, not set to zero: Terraform would see another range, and an alarm would bring the tasks back. */
function scaling(suspended: boolean): object {
  return {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: "{% 'service/' & $service.cluster & '/' & $service.name %}",
    SuspendedState: {
      DynamicScalingInSuspended: suspended,
      DynamicScalingOutSuspended: suspended,
      ScheduledScalingSuspended: suspended,
    },
  };
}

const THE_SERVICE = { Cluster: '{% $service.cluster %}', Service: '{% $service.name %}' };

const describe = (assign: object, fields: object): object =>
  call(
    'ecs:describeServices',
    { Cluster: '{% $service.cluster %}', Services: ['{% $service.name %}'] },
    { Assign: assign, ...fields },
  );

const itemOf = ({ clusterName: cluster, name, min }: SleepingService) => ({ cluster, name, min });

function stopServices(services: readonly SleepingService[]): Step {
  return mapStep('StopServices', services.map(itemOf), 'ServiceToStop', {
    ServiceToStop: { Type: 'Pass', Assign: { service: '{% $states.input %}' }, Next: 'SuspendScaling' },
    SuspendScaling: call('applicationautoscaling:registerScalableTarget', scaling(true), { Next: 'StopTasks' }),
    StopTasks: call('ecs:updateService', { ...THE_SERVICE, DesiredCount: 0 }, { End: true }),
  });
}

/** A step of its own: an execution that is overtaken while it waits must not stop tasks afterwards. */
function awaitServices(services: readonly SleepingService[]): Step {
  return mapStep('AwaitServices', services.map(itemOf), 'ServiceToAwait', {
    ServiceToAwait: { Type: 'Pass', Assign: { service: '{% $states.input %}', looks: 0 }, Next: 'CountTasks' },
    CountTasks: describe(
      { running: '{% $states.result.Services[0].RunningCount %}', looks: '{% $looks + 1 %}' },
      { Next: 'HaveTasksStopped' },
    ),
    HaveTasksStopped: {
      Type: 'Choice',
      Choices: [{ Condition: `{% $running = 0 or $looks >= ${LOOKS} %}`, Next: 'TasksStopped' }],
      Default: 'PauseTasks',
    },
    PauseTasks: { Type: 'Wait', Seconds: LOOK_SECONDS, Next: 'CountTasks' },
    TasksStopped: { Type: 'Succeed' },
  });
}

function startServices(services: readonly SleepingService[]): Step {
  return mapStep('StartServices', services.map(itemOf), 'ServiceToStart', {
    ServiceToStart: { Type: 'Pass', Assign: { service: '{% $states.input %}' }, Next: 'CountWanted' },
    CountWanted: describe({ wanted: '{% $states.result.Services[0].DesiredCount %}' }, { Next: 'StartTasks' }),
    StartTasks: call(
      'ecs:updateService',
      { ...THE_SERVICE, DesiredCount: '{% $max([$service.min, $wanted]) %}' },
      { Next: 'ResumeScaling' },
    ),
    ResumeScaling: call('applicationautoscaling:registerScalableTarget', scaling(false), { End: true }),
  });
}

type NodeGroups = SleepingCompute['nodeGroups'];

const nodeGroupItems = (groups: NodeGroups) =>
  groups.map(({ clusterName: cluster, name, autoScalingGroupName: hosts, min }) => ({ cluster, name, hosts, min }));

const THE_NODES = { ClusterName: '{% $group.cluster %}', NodegroupName: '{% $group.name %}' };

const launches = { AutoScalingGroupName: '{% $group.hosts %}', ScalingProcesses: ['Launch'] };

/**
 * Launches are suspended first: while nodes go, the cluster autoscaler still runs on one of them, and would ask for new ones.
 * Without a node, nothing in the cluster runs, so that deployments and their scalers stay as they are.
 */
function removeNodes(groups: NodeGroups): Step {
  return mapStep('RemoveNodes', nodeGroupItems(groups), 'GroupToRemove', {
    GroupToRemove: { Type: 'Pass', Assign: { group: '{% $states.input %}' }, Next: 'SuspendLaunches' },
    SuspendLaunches: call('autoscaling:suspendProcesses', launches, { Next: 'SetNodesToZero' }),
    SetNodesToZero: call(
      'eks:updateNodegroupConfig',
      { ...THE_NODES, ScalingConfig: { MinSize: 0, DesiredSize: 0 } },
      { End: true },
    ),
  });
}

function addNodes(groups: NodeGroups): Step {
  return mapStep('AddNodes', nodeGroupItems(groups), 'GroupToAdd', {
    GroupToAdd: { Type: 'Pass', Assign: { group: '{% $states.input %}' }, Next: 'CountNodes' },
    CountNodes: call('eks:describeNodegroup', THE_NODES, {
      Assign: { wanted: '{% $states.result.Nodegroup.ScalingConfig.DesiredSize %}' },
      Next: 'SetNodes',
    }),
    SetNodes: call(
      'eks:updateNodegroupConfig',
      { ...THE_NODES, ScalingConfig: { MinSize: '{% $group.min %}', DesiredSize: '{% $max([$group.min, $wanted]) %}' } },
      { Next: 'ResumeLaunches' },
    ),
    ResumeLaunches: call('autoscaling:resumeProcesses', launches, { End: true }),
  });
}

function removeHosts(groups: SleepingCompute['hostGroups']): Step {
  return mapStep('RemoveHosts', groups, 'SetHostsToZero', {
    SetHostsToZero: call(
      'autoscaling:updateAutoScalingGroup',
      { AutoScalingGroupName: '{% $states.input.name %}', MinSize: 0, DesiredCapacity: 0 },
      { End: true },
    ),
  });
}

/** A minimum above the number of hosts raises that number. Source: Auto Scaling API, UpdateAutoScalingGroup. */
function addHosts(groups: SleepingCompute['hostGroups']): Step {
  return mapStep('AddHosts', groups, 'SetHosts', {
    SetHosts: call(
      'autoscaling:updateAutoScalingGroup',
      { AutoScalingGroupName: '{% $states.input.name %}', MinSize: '{% $states.input.min %}' },
      { End: true },
    ),
  });
}
