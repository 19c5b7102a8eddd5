/** The API of a cluster as a release sees it: Deployments whose rollouts go on with each look at them, CronJobs, pods and their logs. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, any>;

/**
 * - `steady`: after three looks.
 * - `deadline`: no progress within the deadline of the Deployment.
 * - `never`: neither the one nor the other.
 * - `undone`: somebody brings another image.
 */
export type Fate = 'steady' | 'deadline' | 'never' | 'undone';

const MERGE = 'application/strategic-merge-patch+json';
const LOOKS = 3;

export class ReleaseCluster {
  public fate: (tag: string) => Fate = () => 'steady';
  public onCall: (line: string) => void = () => undefined;
  /** Looks that are answered with 503 from now on. */
  public failing = 0;
  private readonly objects = new Map<string, Json>();

  private constructor(private readonly server: Server) {}

  public static async start(): Promise<ReleaseCluster> {
    const server = createServer((request, response) => {
      void cluster.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json' });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
    const cluster = new ReleaseCluster(server);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return cluster;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((ended) => this.server.close(ended));
  }

  /** @param containers name to image */
  public add(kind: 'deployments' | 'cronjobs', name: string, containers: Readonly<Record<string, string>>): void {
    const template = { spec: { containers: Object.entries(containers).map(([one, image]) => ({ name: one, image, env: [] })) } };
    const spec = kind === 'cronjobs' ? { jobTemplate: { spec: { template } } } : { replicas: 2, template };
    this.objects.set(`${kind}/${name}`, { metadata: { name, generation: 1 }, spec, status: complete(1), looks: LOOKS });
  }

  public remove(kind: 'deployments' | 'cronjobs', name: string): void {
    this.objects.delete(`${kind}/${name}`);
  }

  public images(kind: 'deployments' | 'cronjobs', name: string): Record<string, string> {
    return Object.fromEntries(
      containersOf(this.objects.get(`${kind}/${name}`) ?? {}).map((one) => [one.name as string, one.image as string]),
    );
  }

  public isComplete(name: string): boolean {
    return this.objects.get(`deployments/${name}`)?.status.updatedReplicas === 2;
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: Json | string }> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { method = '', url = '' } = request;
    this.onCall(`${method} ${url}`);
    if (method === 'GET' && this.failing > 0) {
      this.failing -= 1;
      return { status: 503, body: { message: 'the server is overloaded' } };
    }
    if (url.includes('/log')) return { status: 200, body: 'starting\ncannot connect to the database\n' };
    if (url.includes('/pods'))
      return { status: 200, body: { apiVersion: 'v1', kind: 'PodList', metadata: {}, items: this.pods(url) } };
    const [, kind, name] = /\/(deployments|cronjobs)\/([a-z-]+)/.exec(url) ?? [];
    const object = this.objects.get(`${kind}/${name}`);
    if (object === undefined) return { status: 404, body: { message: 'not found' } };
    if (method === 'PATCH') {
      if (request.headers['content-type'] !== MERGE) return { status: 415, body: { message: 'not merged by name' } };
      merge(object, JSON.parse(text) as Json);
    } else advance(object, this.fate(tagOf(object)));
    return { status: 200, body: object };
  }

  /** One pod of each Deployment that has no complete rollout. */
  private pods(url: string): readonly Json[] {
    const name = /name%3D([a-z-]+)/.exec(url)?.[1] ?? '';
    const object = this.objects.get(`deployments/${name}`) ?? {};
    const containers = containersOf(object);
    const [first] = containers;
    return [
      {
        metadata: { name: `${name}-5d4f` },
        spec: { containers },
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'False' }],
          containerStatuses: [
            {
              name: first?.name,
              ready: false,
              restartCount: 4,
              containerID: 'containerd://1',
              state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
              lastState: { terminated: { exitCode: 17, reason: 'Error' } },
            },
          ],
        },
      },
    ];
  }
}

function containersOf({ spec = {} }: Json): Json[] {
  return (spec.template ?? spec.jobTemplate?.spec.template)?.spec.containers ?? [];
}

function tagOf(object: Json): string {
  const image = String(containersOf(object)[0]?.image);
  return image.slice(image.lastIndexOf(':') + 1);
}

function complete(generation: number): Json {
  return { observedGeneration: generation, replicas: 2, updatedReplicas: 2, availableReplicas: 2, conditions: [] };
}

function merge(object: Json, patch: Json): void {
  const changed = containersOf(patch);
  let differs = false;
  for (const container of containersOf(object)) {
    const image = changed.find(({ name }) => name === container.name)?.image as string | undefined;
    if (image === undefined || image === container.image) continue;
    container.image = image;
    differs = true;
  }
  if (!differs) return;
  object.metadata.generation = Number(object.metadata.generation) + 1;
  object.looks = 0;
}

/** The first look after a change still shows the status of before. */
function advance(object: Json, fate: Fate): void {
  if (object.looks >= LOOKS) return;
  object.looks = Number(object.looks) + 1;
  const observedGeneration = object.metadata.generation as number;
  if (object.looks === 1) return;
  object.status = { observedGeneration, replicas: 3, updatedReplicas: 1, availableReplicas: 2, conditions: [] };
  if (object.looks < LOOKS) return;
  if (fate === 'steady') object.status = complete(observedGeneration);
  if (fate === 'deadline')
    object.status.conditions = [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'ReplicaSet "api-5d4f" has timed out progressing.',
      },
    ];
  if (fate === 'undone') for (const container of containersOf(object)) container.image = 'elsewhere:1';
}
