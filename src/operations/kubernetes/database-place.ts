/**
 * Scripts next to the database of an environment on Kubernetes: Jobs from the CronJob `database-init`, with another command and a
 * directory to write to. The login of the master is a Secret that exists during a run only.
 */
import type { Job, JobSpec } from 'kubernetes-types/batch/v1';
import { waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { DATABASE_INIT_KEY } from '../../config/names';
import type { DatabasePlace, ScriptOptions, ScriptResult } from '../database-place';
import { ENVELOPE, packed, readEnvelope, SCRIPT_VARIABLE } from '../script-envelope';
import type { Target } from '../target';
import { JobLogin } from './job-login';
import { explainedByCluster, renewedConnection, type ClusterCalls } from './renewed-connection';

const POLLING_SECONDS = 3;

/** Seconds for a node to be there, and the image. */
const START_SECONDS = 600;

/** Seconds until a finished Job, which holds the script, is deleted where this command could not do it. */
const KEPT_SECONDS = 3600;

export async function kubernetesDatabasePlace(target: Target): Promise<DatabasePlace> {
  const connection = renewedConnection(target);
  await connection();
  return { name: `a pod of ${target.name}`, run: (script, options) => runScript(connection, script, options) };
}

function apisOf({ config, client, namespace }: ClusterCalls) {
  return { batch: config.makeApiClient(client.BatchV1Api), core: config.makeApiClient(client.CoreV1Api), namespace };
}

type Connection = () => Promise<ClusterCalls>;

async function runScript(connection: Connection, script: string, options: ScriptOptions): Promise<ScriptResult> {
  const { batch, core, namespace } = apisOf(await connection());
  const cronJob = await explainedByCluster(`reading the CronJob ${DATABASE_INIT_KEY}`, () =>
    batch.readNamespacedCronJob({ name: DATABASE_INIT_KEY, namespace }),
  );
  const name = `${DATABASE_INIT_KEY}-${Date.now().toString(36)}`;
  const login = new JobLogin(connection, cronJob, POLLING_SECONDS);
  const { secrets = {}, timeoutSeconds, signal } = options;
  const secret: object = { metadata: { name }, type: 'Opaque', stringData: { ...secrets } };
  try {
    await explainedByCluster('creating the login of the database', () => login.create(signal));
    await explainedByCluster('creating a Secret', () => core.createNamespacedSecret({ namespace, body: secret }));
    const template = cronJob.spec?.jobTemplate.spec as object | undefined as JobSpec | undefined;
    const job: object = jobFor(template, { name, namespace, script, timeoutSeconds });
    await explainedByCluster('creating a Job', () => batch.createNamespacedJob({ namespace, body: job }));
    return await follow(connection, name, options);
  } finally {
    const last = apisOf(await connection());
    await last.batch.deleteNamespacedJob({ name, namespace, propagationPolicy: 'Background' }).catch(() => undefined);
    await last.core.deleteNamespacedSecret({ name, namespace }).catch(() => undefined);
    await login.delete().catch(() => undefined);
  }
}

interface Run {
  readonly name: string;
  readonly namespace: string;
  readonly script: string;
  readonly timeoutSeconds: number;
}

/** The job's pod, with another command and an empty `/tmp`. A script is not repeated by itself. */
function jobFor(template: JobSpec | undefined, { name, namespace, script, timeoutSeconds }: Run): Job {
  const pod = template?.template.spec;
  const [container] = pod?.containers ?? [];
  if (template === undefined || pod === undefined || container === undefined)
    throw new CommandError(`the CronJob ${DATABASE_INIT_KEY} has no container`);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels: template.template.metadata?.labels },
    spec: {
      activeDeadlineSeconds: timeoutSeconds + START_SECONDS,
      backoffLimit: 0,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: template.template.metadata,
        spec: {
          ...pod,
          restartPolicy: 'Never',
          volumes: [...(pod.volumes ?? []), { name: 'script-room', emptyDir: {} }],
          containers: [
            {
              ...container,
              command: ['sh', '-c', ENVELOPE],
              args: undefined,
              // Room in memory would end it: what a script holds is on the node's disk.
              resources: undefined,
              env: [...(container.env ?? []), { name: SCRIPT_VARIABLE, value: packed(script) }],
              // The Secret of this run, which is deleted with it.
              envFrom: [...(container.envFrom ?? []), { secretRef: { name } }],
              volumeMounts: [...(container.volumeMounts ?? []), { name: 'script-room', mountPath: '/tmp' }],
            },
          ],
        },
      },
    },
  };
}

async function follow(connection: Connection, name: string, options: ScriptOptions): Promise<ScriptResult> {
  const { timeoutSeconds, signal, report } = options;
  let shown = 0;
  let ended = false;
  const look = async (): Promise<ScriptResult | undefined> => {
    const { batch, core, namespace } = apisOf(await connection());
    const pods = await explainedByCluster('looking for the pod', () =>
      core.listNamespacedPod({ namespace, labelSelector: `job-name=${name}` }),
    );
    const pod = pods.items.at(-1)?.metadata?.name;
    const log = pod === undefined ? '' : await core.readNamespacedPodLog({ name: pod, namespace }).catch(() => '');
    const { errors, result } = readEnvelope(log.split('\n'));
    for (const line of errors.slice(shown)) report?.(line);
    shown = errors.length;
    if (result !== undefined) return result;
    // What the log misses at the look after the end, it misses for good.
    if (ended) throw new CommandError(`the Job ${name} ended without a result: ${log.trim().split('\n').at(-1) ?? ''}`);
    const job = await explainedByCluster('looking at the Job', () => batch.readNamespacedJob({ name, namespace }));
    ended = job.status?.conditions?.some(({ type, status }) => /^(Complete|Failed)$/.test(type) && status === 'True') === true;
    return undefined;
  };
  return waitFor(look, { everySeconds: POLLING_SECONDS, timeoutSeconds: timeoutSeconds + START_SECONDS, signal });
}
