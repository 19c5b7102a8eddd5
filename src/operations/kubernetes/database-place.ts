/**
 * Scripts next to the database of an environment on Kubernetes: Jobs from the CronJob `database-init`, with another command and a
 * directory to write to. The login of the master is a Secret that exists during a run only.
 */
import type { Job, JobSpec } from 'kubernetes-types/batch/v1';
import type { BatchV1Api, CoreV1Api, CustomObjectsApi } from '@kubernetes/client-node' with {
  'resolution-mode': 'import',
};
import { z } from 'zod';
import { waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { DATABASE_INIT_KEY } from '../../config/names';
import type { DatabasePlace, ScriptOptions, ScriptResult } from '../database-place';
import { ENVELOPE, packed, readEnvelope, SCRIPT_VARIABLE } from '../script-envelope';
import type { Target } from '../target';
import { connectToCluster } from './connection';

/** The annotation of the CronJob that holds its ExternalSecret (src/tiers/kubernetes/workloads/login.ts). */
const LOGIN_ANNOTATION = 'terrace/login';

/** Where External Secrets keeps its resources. */
const EXTERNAL_SECRETS = { group: 'external-secrets.io', plural: 'externalsecrets' } as const;

const POLLING_SECONDS = 3;

/** Seconds in which External Secrets reads the login. */
const LOGIN_SECONDS = 60;

/** Seconds for a node to be there, and the image. */
const START_SECONDS = 600;

/** Seconds until a finished Job, which holds the script, is deleted where this command could not do it. */
const KEPT_SECONDS = 3600;

const externalSecret = z.looseObject({ apiVersion: z.string(), metadata: z.looseObject({ name: z.string() }) });
const withConditions = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }).optional(),
});

interface Cluster {
  readonly batch: BatchV1Api;
  readonly core: CoreV1Api;
  readonly custom: CustomObjectsApi;
  readonly namespace: string;
}

export async function kubernetesDatabasePlace(target: Target): Promise<DatabasePlace> {
  // Opened for each run: a token is valid for 15 minutes.
  await clusterOf(target);
  return {
    name: `a pod of ${target.name}`,
    run: (script, options) => runScript(() => clusterOf(target), target, script, options),
  };
}

async function clusterOf(target: Target): Promise<Cluster> {
  const { config, namespace } = await connectToCluster(target);
  const { BatchV1Api: Batch, CoreV1Api: Core, CustomObjectsApi: Custom } = await import('@kubernetes/client-node');
  return {
    batch: config.makeApiClient(Batch),
    core: config.makeApiClient(Core),
    custom: config.makeApiClient(Custom),
    namespace,
  };
}

async function runScript(
  connect: () => Promise<Cluster>,
  target: Target,
  script: string,
  options: ScriptOptions,
): Promise<ScriptResult> {
  const cluster = await connect();
  const { batch, namespace } = cluster;
  const cronJob = await answered(`reading the CronJob ${DATABASE_INIT_KEY}`, () =>
    batch.readNamespacedCronJob({ name: DATABASE_INIT_KEY, namespace }),
  );
  const name = `${DATABASE_INIT_KEY}-${Date.now().toString(36)}`;
  const login = cronJob.metadata?.annotations?.[LOGIN_ANNOTATION];
  const { secrets = {}, timeoutSeconds } = options;
  const secret: object = { metadata: { name }, type: 'Opaque', stringData: { ...secrets } };
  try {
    if (login !== undefined) await createLogin(cluster, login, options.signal);
    await answered('creating a Secret', () =>
      cluster.core.createNamespacedSecret({
        namespace,
        body: secret,
      }),
    );
    const job = jobFor(cronJob.spec?.jobTemplate.spec as object | undefined as JobSpec | undefined, {
      name,
      namespace,
      script,
      timeoutSeconds,
    });
    await answered('creating a Job', () => batch.createNamespacedJob({ namespace, body: job as object }));
    return await follow(connect, name, options);
  } finally {
    const last = await connect();
    await last.batch.deleteNamespacedJob({ name, namespace, propagationPolicy: 'Background' }).catch(() => undefined);
    await last.core.deleteNamespacedSecret({ name, namespace }).catch(() => undefined);
    if (login !== undefined) await deleteLogin(last, login);
  }
}

async function createLogin({ custom, namespace }: Cluster, text: string, signal?: AbortSignal): Promise<void> {
  const body = externalSecret.parse(JSON.parse(text));
  const where = { ...EXTERNAL_SECRETS, version: body.apiVersion.split('/')[1] ?? 'v1', namespace };
  await custom.createNamespacedCustomObject({ ...where, body }).catch((error: unknown) => {
    // One of an earlier run, which ends with its own.
    if (codeOf(error) !== 409) throw refusal('creating the login of the database', error);
  });
  await waitFor(
    async () => {
      const found = withConditions.parse(
        await answered('waiting for the login', () => custom.getNamespacedCustomObject({ ...where, name: body.metadata.name })),
      );
      return found.status?.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') === true
        ? true
        : undefined;
    },
    { everySeconds: POLLING_SECONDS, timeoutSeconds: LOGIN_SECONDS, signal },
  );
}

async function deleteLogin({ custom, namespace }: Cluster, text: string): Promise<void> {
  const { apiVersion, metadata } = externalSecret.parse(JSON.parse(text));
  const where = { ...EXTERNAL_SECRETS, version: apiVersion.split('/')[1] ?? 'v1', namespace };
  await custom.deleteNamespacedCustomObject({ ...where, name: metadata.name }).catch(() => undefined);
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

async function follow(connect: () => Promise<Cluster>, name: string, options: ScriptOptions): Promise<ScriptResult> {
  const { timeoutSeconds, signal, report } = options;
  let shown = 0;
  let ended = false;
  const look = async (): Promise<ScriptResult | undefined> => {
    const { batch, core, namespace } = await connect();
    const pods = await answered('looking for the pod', () =>
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
    const job = await answered('looking at the Job', () => batch.readNamespacedJob({ name, namespace }));
    ended = job.status?.conditions?.some(({ type, status }) => /^(Complete|Failed)$/.test(type) && status === 'True') === true;
    return undefined;
  };
  return waitFor(look, { everySeconds: POLLING_SECONDS, timeoutSeconds: timeoutSeconds + START_SECONDS, signal });
}

function codeOf(error: unknown): number | undefined {
  return (error as { readonly code?: number } | undefined)?.code;
}

function refusal(doing: string, error: unknown): CommandError {
  const { body } = (error ?? {}) as { readonly body?: unknown };
  const said = /"message":"([^"]+)"/.exec(typeof body === 'string' ? body : JSON.stringify(body ?? ''))?.[1];
  return new CommandError(`${doing}: the cluster refuses it: ${said ?? String(error)}`);
}

async function answered<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw refusal(doing, error);
  }
}
