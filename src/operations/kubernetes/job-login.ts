/**
 * The login of the database's master, which exists in the cluster only during a run of `database-init`: the CronJob holds the
 * ExternalSecret as an annotation (src/tiers/kubernetes/workloads/login.ts).
 */
import type { V1CronJob } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { z } from 'zod';
import { waitFor } from '../../aws/waiting';
import { LOGIN_ANNOTATION } from '../../config/names';
import { clusterStatus, type ClusterCalls } from './renewed-connection';

/** Time in which External Secrets reads a new secret. */
const SECRET_SECONDS = 60;

const KIND = { group: 'external-secrets.io', version: 'v1', plural: 'externalsecrets' } as const;

const externalSecret = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const condition = z.object({ type: z.string(), status: z.string() });
const readiness = z.object({ status: z.object({ conditions: z.array(condition).default([]) }).optional() });

export class JobLogin {
  private readonly manifest?: z.output<typeof externalSecret>;

  constructor(
    private readonly connection: () => Promise<ClusterCalls>,
    { metadata }: V1CronJob,
    private readonly everySeconds: number,
  ) {
    const text = metadata?.annotations?.[LOGIN_ANNOTATION];
    if (text !== undefined) this.manifest = externalSecret.parse(JSON.parse(text));
  }

  /** Whether the job has such a login. */
  public get isNeeded(): boolean {
    return this.manifest !== undefined;
  }

  /** Creates it, and waits until External Secrets has read it. @throws TimedOut */
  public async create(signal?: AbortSignal): Promise<void> {
    if (this.manifest === undefined) return;
    const { name } = this.manifest.metadata;
    const { api, namespace } = await this.calls();
    // One of a run that was broken off may be left.
    await this.delete();
    await api.createNamespacedCustomObject({ ...KIND, namespace, body: this.manifest });
    const look = async () => {
      const found = readiness.parse(await api.getNamespacedCustomObject({ ...KIND, namespace, name }));
      const ready = found.status?.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
      return ready === true ? true : undefined;
    };
    await waitFor(look, { everySeconds: this.everySeconds, timeoutSeconds: SECRET_SECONDS, signal });
  }

  /** Deletes it, if it is there; Kubernetes deletes the Secret with it. */
  public async delete(): Promise<void> {
    if (this.manifest === undefined) return;
    const { api, namespace } = await this.calls();
    try {
      await api.deleteNamespacedCustomObject({ ...KIND, namespace, name: this.manifest.metadata.name });
    } catch (error) {
      if (clusterStatus(error) !== 404) throw error;
    }
  }

  private async calls() {
    const { client, config, namespace } = await this.connection();
    return { api: config.makeApiClient(client.CustomObjectsApi), namespace };
  }
}
