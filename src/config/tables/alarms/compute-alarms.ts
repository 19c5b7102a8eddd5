/** Alarms on what runs containers: Fargate services, the host of a box, the nodes of a cluster. */
import {
  above,
  alarms,
  below,
  breaching,
  during,
  FIFTEEN_MINUTES,
  FIVE_MINUTES,
  notBreaching,
  TEN_MINUTES,
} from './alarm-default';

const NO_TASKS = notBreaching('without tasks there is no load, and other alarms tell of that');
const SILENT_HOST = breaching('a host that says nothing is as bad as one that complains');
const HOST_HEALTH_REPORTS = notBreaching('host-health tells of a silent host');

export const SERVICE_ALARMS = alarms('service', {
  'service-cpu': {
    measures: 'CPU of a service, of what its tasks ask for',
    ...above(80, '%', TEN_MINUTES),
    ...NO_TASKS,
    remedy: 'See whether it runs at replicas.max; raise that, raise vcpu, or find what computes so much.',
  },
  'service-memory': {
    measures: 'Memory of a service, of what its tasks ask for',
    ...above(85, '%', FIVE_MINUTES),
    ...NO_TASKS,
    remedy: 'At 100 % ECS kills the task. Look for a leak since the last release; raise memoryMib or replicas.max.',
  },
  'service-tasks': {
    measures: 'Running tasks of a service',
    ...below({ share: 1, of: 'replicas.min', otherwise: 1 }, 'tasks', during(10, 60)),
    ...breaching('Container Insights counts every minute, and counts nothing when nothing runs'),
    remedy: 'Read the events of the service (aws ecs describe-services) and the log of its last stopped task.',
  },
});

export const HOST_ALARMS = alarms('host', {
  'host-cpu': {
    measures: 'CPU of the host',
    ...above(80, '%', TEN_MINUTES),
    ...SILENT_HOST,
    remedy: 'Find the container (docker stats); take a larger box.instanceType (minutes of downtime), or the next tier.',
  },
  'host-memory': {
    measures: 'Memory of the host',
    ...above(90, '%', FIFTEEN_MINUTES),
    ...HOST_HEALTH_REPORTS,
    remedy: 'Soon the kernel kills something. Take a larger box.instanceType: minutes of downtime.',
  },
  'host-disk': {
    measures: 'Fill of the fuller disk of the host',
    ...above(80, '%', TEN_MINUTES),
    ...HOST_HEALTH_REPORTS,
    remedy: 'Remove old images (docker image prune), or raise box.rootVolumeGb or box.dataVolumeGb.',
  },
  'host-health': {
    measures: 'Services on the host that do not answer 200 on their health path',
    ...above(0, 'services', TEN_MINUTES),
    ...SILENT_HOST,
    remedy: 'Open a shell (output of the compute stack) and look at docker compose ps and logs.',
  },
  'host-postgres': {
    measures: 'Whether PostgreSQL answers on the host',
    ...below(1, '', TEN_MINUTES),
    ...SILENT_HOST,
    remedy: 'Look at its log; restore only if its files are broken.',
  },
  'host-redis': {
    measures: 'Whether Redis answers on the host',
    ...below(1, '', TEN_MINUTES),
    ...SILENT_HOST,
    remedy: 'Look at its log.',
  },
  'host-backup-age': {
    measures: 'Hours since the last good backup of the host',
    ...above({ share: 1, of: 'box.backup.alarmAfterHours', otherwise: 26 }, 'hours', FIVE_MINUTES),
    ...SILENT_HOST,
    remedy: 'Run the backup by hand and read what it says. Whatever breaks now is lost since then.',
  },
  'host-restore-age': {
    measures: 'Hours since a restore was last proven',
    ...above({ share: 1, of: 'box.backup.drillAlarmAfterHours', otherwise: 192 }, 'hours', FIVE_MINUTES),
    ...SILENT_HOST,
    remedy: 'Run the drill and read what it says: a backup that was never restored is a hope.',
  },
  'host-backup-failed': {
    measures: 'Backups of the host that failed',
    ...above(0, '', FIVE_MINUTES),
    ...notBreaching('it is measured when a backup runs'),
    remedy: 'Its log says why; run it again by hand.',
  },
  'host-drill-failed': {
    measures: 'Restore drills that failed',
    ...above(0, '', FIVE_MINUTES),
    ...notBreaching('it is measured when a drill runs'),
    remedy: 'The newest backup could not be restored whole. Make another one and run the drill.',
  },
  'host-jobs': {
    measures: 'Jobs on the host that failed or ran too long',
    ...above(0, '', FIVE_MINUTES),
    ...notBreaching('it is measured when a job runs'),
    remedy: 'Its log says why; run it again with the command in the outputs of compute.',
  },
  'host-configuration': {
    measures: 'Configurations that the host could not apply',
    ...above(0, '', FIVE_MINUTES),
    ...notBreaching('it is measured when a configuration is applied'),
    remedy: 'The host runs the configuration before. Its log says what was wrong with the new one.',
  },
  'host-certificate': {
    measures: 'Days until the first certificate on the host ends; 0 while one is missing',
    ...below(14, 'days', during(12, 300)),
    ...HOST_HEALTH_REPORTS,
    remedy: 'Renewal has failed for two weeks, or it was never issued. Do the names point here, does CAA admit the authority?',
  },
  'host-credits': {
    measures: 'CPU credits that are charged because the host computes more than its type is made for',
    ...above(0, 'credits', during(1, 3600)),
    ...notBreaching('EC2 measures it only of types with credits'),
    remedy: 'Find out what computes so much, or take a larger or another box.instanceType.',
  },
});

export const CLUSTER_ALARMS = alarms('cluster', {
  'node-cpu': {
    measures: 'CPU of the nodes of a group',
    ...above(80, '%', TEN_MINUTES),
    ...notBreaching('a group of Spot nodes may rest at none'),
    remedy: 'Find the pods (kubectl top pods -A); raise the node group, or lower what pods ask for.',
  },
  'node-memory': {
    measures: 'Memory of the nodes',
    ...above(85, '%', TEN_MINUTES),
    ...breaching('Container Insights measures every minute while there are nodes'),
    remedy: 'Soon pods are evicted. kubectl top pods -A; raise the node group.',
  },
  'node-not-ready': {
    measures: 'Nodes that are not ready, or whose machine fails its checks',
    ...above(0, 'nodes', TEN_MINUTES),
    ...notBreaching('a group of Spot nodes may rest at none, and pods that find no node tell of themselves'),
    remedy: 'Ask the node (kubectl describe node). Terminate its instance if it does not come back: the group starts another.',
  },
});
