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

const NO_TASKS = notBreaching('without tasks there is no load, and other alarms report missing tasks');
const SILENT_HOST = breaching('a host that reports nothing is as bad as one that reports a problem');
const HOST_HEALTH_REPORTS = notBreaching('host-health reports a silent host');

export const SERVICE_ALARMS = alarms('service', {
  'service-cpu': {
    measures: 'CPU use of a service, as a share of what its tasks reserve',
    ...above(80, '%', TEN_MINUTES),
    ...NO_TASKS,
    remedy: 'Check whether it runs at replicas.max; raise that, raise vcpu, or find what uses the CPU.',
  },
  'service-memory': {
    measures: 'Memory use of a service, as a share of what its tasks reserve',
    ...above(85, '%', FIVE_MINUTES),
    ...NO_TASKS,
    remedy: 'At 100 % ECS kills the task. Look for a leak since the last release; raise memoryMib or replicas.max.',
  },
  'service-tasks': {
    measures: 'Running tasks of a service',
    ...below({ share: 1, of: 'replicas.min', otherwise: 1 }, 'tasks', during(10, 60)),
    ...breaching('Container Insights reports every minute, and reports nothing when no task runs'),
    remedy: 'Read the events of the service (aws ecs describe-services) and the log of its last stopped task.',
  },
});

export const HOST_ALARMS = alarms('host', {
  'host-cpu': {
    measures: 'CPU use of the host',
    ...above(80, '%', TEN_MINUTES),
    ...SILENT_HOST,
    remedy:
      'Find the container (docker stats); choose a larger box.instanceType (minutes of downtime), or move to the next tier.',
  },
  'host-memory': {
    measures: 'Memory use of the host',
    ...above(90, '%', FIFTEEN_MINUTES),
    ...HOST_HEALTH_REPORTS,
    remedy: 'The kernel will soon kill processes. Choose a larger box.instanceType (minutes of downtime).',
  },
  'host-disk': {
    measures: 'Use of the fuller disk of the host',
    ...above(80, '%', TEN_MINUTES),
    ...HOST_HEALTH_REPORTS,
    remedy: 'Remove old images (docker image prune), or raise box.rootVolumeGb or box.dataVolumeGb.',
  },
  'host-health': {
    measures: 'Services on the host that do not answer on their health path, and names that do not over HTTPS',
    ...above(0, 'services and names', TEN_MINUTES),
    ...SILENT_HOST,
    remedy:
      'Open a shell (an output of the compute stack); read journalctl -u terrace-monitor, docker compose ps and systemctl status nginx.',
  },
  'host-postgres': {
    measures: 'Whether PostgreSQL on the host answers',
    ...below(1, '', TEN_MINUTES),
    ...SILENT_HOST,
    remedy: 'Read its log; restore only if its files are damaged.',
  },
  'host-redis': {
    measures: 'Whether Redis on the host answers',
    ...below(1, '', TEN_MINUTES),
    ...SILENT_HOST,
    remedy: 'Read its log.',
  },
  'host-backup-age': {
    measures: 'Time since the last successful backup of the host',
    ...above({ share: 1, of: 'box.backup.alarmAfterHours', otherwise: 26 }, 'hours', FIVE_MINUTES),
    ...SILENT_HOST,
    remedy: 'Run the backup manually and read its output. What changed since the last one is not protected.',
  },
  'host-restore-age': {
    measures: 'Time since the last successful restore drill',
    ...above({ share: 1, of: 'box.backup.drillAlarmAfterHours', otherwise: 192 }, 'hours', FIVE_MINUTES),
    ...SILENT_HOST,
    remedy: 'Run the drill manually and read its output: a backup that was never restored may not be restorable.',
  },
  'host-backup-failed': {
    measures: 'Backups of the host that failed',
    ...above(0, '', FIVE_MINUTES),
    ...notBreaching('it is measured when a backup runs'),
    remedy: 'Its log says why; run it again manually.',
  },
  'host-drill-failed': {
    measures: 'Restore drills that failed',
    ...above(0, '', FIVE_MINUTES),
    ...notBreaching('it is measured when a drill runs'),
    remedy: 'The latest backup could not be restored completely. Make another one and run the drill.',
  },
  'host-jobs': {
    measures: 'Jobs on the host that failed or ran too long',
    ...above(0, '', FIVE_MINUTES),
    ...notBreaching('it is measured when a job runs'),
    remedy: 'Its log says why; run it again with the command in the outputs of the compute stack.',
  },
  'host-configuration': {
    measures: 'Configurations that the host could not apply',
    ...above(0, '', TEN_MINUTES),
    ...SILENT_HOST,
    remedy: 'What can run, runs. The log says which steps failed: journalctl -u terrace-pull.',
  },
  'host-release': {
    measures: 'Whether a release was taken back, and neither it nor another one has succeeded since',
    ...above(0, '', FIVE_MINUTES),
    ...HOST_HEALTH_REPORTS,
    remedy:
      'The former containers serve. `terrace-release` says why and tries again; or set the image parameter to the image that serves.',
  },
  'host-restart': {
    measures: 'Whether an installed security update waits for a restart of the host, for more than a day',
    // A day, and the hours that a backup or a job may delay the restart.
    ...above(0, '', during(30, 3600)),
    ...HOST_HEALTH_REPORTS,
    remedy: 'The host restarts at box.restartTime unless something runs: read journalctl -u terrace-restart, or restart it.',
  },
  'host-certificate': {
    measures: 'Days until the first certificate on the host expires; 0 while one is missing',
    ...below(14, 'days', during(12, 300)),
    ...HOST_HEALTH_REPORTS,
    remedy:
      'Renewal has failed for two weeks, or it was never issued. Check that the names point here and that CAA admits the authority.',
  },
  'host-credits': {
    measures: 'CPU credits charged because the host uses more CPU than the baseline of its type',
    ...above(0, 'credits', during(1, 3600)),
    ...notBreaching('EC2 measures it only for types with CPU credits'),
    remedy: 'Find what uses the CPU, or choose a larger or another box.instanceType.',
  },
});

const PODS_MEASURED = notBreaching('node-memory reports when Container Insights measures nothing');

export const CLUSTER_ALARMS = alarms('cluster', {
  'node-cpu': {
    measures: 'CPU use of the nodes of a group',
    ...above(80, '%', TEN_MINUTES),
    ...notBreaching('a group of Spot nodes may have none'),
    remedy: 'Find the pods (kubectl top pods -A); enlarge the node group, or lower the requests of pods.',
  },
  'node-memory': {
    measures: 'Memory use of the nodes',
    ...above(85, '%', TEN_MINUTES),
    ...breaching('Container Insights measures every minute while there are nodes'),
    remedy: 'Pods will soon be evicted. Find the largest (kubectl top pods -A); enlarge the node group.',
  },
  'node-not-ready': {
    measures: 'Nodes that are not ready, or whose instance fails its status checks',
    ...above(0, 'nodes', TEN_MINUTES),
    ...notBreaching('a group of Spot nodes may have none, and pods without a node show as pending'),
    remedy: 'Inspect the node (kubectl describe node). If it does not recover, terminate its instance: the group starts another.',
  },
  'pod-crash-loop': {
    measures: 'Containers that end again and again',
    ...above(0, 'containers', TEN_MINUTES),
    ...PODS_MEASURED,
    remedy:
      'Find them (kubectl get pods -A) and read the log of the last run (kubectl logs --previous); roll back the last release.',
  },
  'pod-image': {
    measures: 'Containers whose image cannot be pulled',
    ...above(0, 'containers', TEN_MINUTES),
    ...PODS_MEASURED,
    remedy: 'The reason is in kubectl describe pod: a tag that does not exist, a registry that refuses, or no egress.',
  },
  'pod-failed': {
    measures: 'Pods that ended with an error, such as those of a failed job',
    ...above(0, 'pods', FIVE_MINUTES),
    ...PODS_MEASURED,
    remedy: 'Read its log, then delete it (kubectl delete pod, or job): the alarm ends when no failed pod is left.',
  },
  'cluster-watchdog': {
    measures: 'Signs of life that Alertmanager publishes every five minutes',
    ...below(1, '', FIFTEEN_MINUTES),
    ...breaching('a Prometheus or Alertmanager that does not run publishes nothing'),
    remedy: 'No alert of the cluster reaches you. Check the pods in the namespace monitoring and the log of Alertmanager.',
  },
});
