import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { databasePlaceOf } from '../../../src/operations/database-places';
import { withTestCredentials } from '../../support/aws-credentials';
import { manifest, manifestsOf, richKubernetes } from '../../support/kubernetes';
import { operated } from '../../support/operated';

const OPTIONS = { timeoutSeconds: 60 };

jest.setTimeout(180_000);

/** The API of a cluster whose Jobs are processes on this machine. Secrets come into being as External Secrets would make them. */
class StubCluster {
  public readonly requests: { readonly method: string; readonly path: string; readonly body: any }[] = [];
  public readonly secrets = new Map<string, Record<string, string>>();
  public readonly externalSecrets = new Map<string, unknown>();
  public job: any;
  public readonly cronJob: any;
  private log = '';
  private code: number | null | undefined;
  private readonly server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      const path = new URL(request.url ?? '', 'http://localhost').pathname;
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      this.requests.push({ method: request.method ?? '', path, body });
      const answer = this.answer(`${request.method} ${path.split('/').slice(-2).join('/')}`, path, body as any);
      response.statusCode = answer === undefined ? 404 : 200;
      response.setHeader('content-type', typeof answer === 'string' ? 'text/plain' : 'application/json');
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { message: 'not found' }));
    });
  });

  constructor(cronJob: unknown) {
    this.cronJob = cronJob;
  }

  public async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(call: string, path: string, body: any): unknown {
    const name = path.split('/').at(-1) ?? '';
    if (call === 'GET cronjobs/database-init') return this.cronJob;
    if (call.startsWith('POST') && name === 'externalsecrets') {
      this.externalSecrets.set(body.metadata.name, body);
      return body;
    }
    if (call.startsWith('GET externalsecrets/'))
      return this.externalSecrets.has(name) ? { status: { conditions: [{ type: 'Ready', status: 'True' }] } } : undefined;
    if (call.startsWith('DELETE externalsecrets/')) return this.externalSecrets.delete(name) ? {} : undefined;
    if (call.startsWith('POST') && name === 'secrets') {
      this.secrets.set(body.metadata.name, body.stringData);
      return body;
    }
    if (call.startsWith('DELETE secrets/')) return this.secrets.delete(name) ? {} : undefined;
    if (call.startsWith('POST') && name === 'jobs') return this.run(body);
    if (call.startsWith('GET jobs/'))
      return {
        status:
          this.code === undefined ? {} : { conditions: [{ type: this.code === 0 ? 'Complete' : 'Failed', status: 'True' }] },
      };
    if (call.startsWith('DELETE jobs/')) return {};
    if (call.startsWith('GET') && name === 'pods') return { items: [{ metadata: { name: 'pod-1' } }] };
    if (call.startsWith('GET pod-1/log')) return this.log;
    return undefined;
  }

  private run(job: any): unknown {
    this.job = job;
    this.log = '';
    this.code = undefined;
    const [container] = job.spec.template.spec.containers;
    const [program, ...args] = container.command;
    const own = (container.env ?? []).flatMap(({ name, value }: any) => (value === undefined ? [] : [[name, value]]));
    const from = container.envFrom.flatMap(({ secretRef }: any) => Object.entries(this.secrets.get(secretRef?.name) ?? {}));
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH, ...Object.fromEntries([...own, ...from]), RDS_CERTIFICATE: 'unknown' },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    child.on('close', (code) => (this.code = code));
    return job;
  }
}

describe('scripts next to the database of an environment on Kubernetes', () => {
  const restore = withTestCredentials();
  const environment = richKubernetes();
  const cluster = new StubCluster(manifest(manifestsOf(environment), 'CronJob', 'database-init'));
  let endpoint = '';

  beforeAll(async () => {
    endpoint = await cluster.start();
  });
  afterAll(async () => {
    await cluster.stop();
    restore();
  });

  const placeOf = () =>
    databasePlaceOf(
      operated(environment, undefined, {
        handovers: {
          'compute-kubernetes': { clusterName: 'shop', endpoint, certificateAuthority: '' },
          workloads: { namespace: 'shop' },
        },
      }),
    );

  it('returns both outputs apart and complete, and keeps secrets out of the Job', async () => {
    const result = await (
      await placeOf()
    ).run('seq 1 20000; echo step >&2; printf %s "$TOKEN"; exit 4', {
      ...OPTIONS,
      secrets: { TOKEN: 's3cret' },
    });
    expect(result).toMatchObject({ exitCode: 4, stderr: 'step' });
    expect(result.stdout.endsWith('20000\ns3cret')).toBe(true);
    expect(JSON.stringify(cluster.job)).not.toContain('s3cret');
  });

  it('has the login of the master during a run only, and removes all that it made', async () => {
    await (await placeOf()).run('true', OPTIONS);
    const calls = cluster.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
    const at = (call: string) => calls.lastIndexOf(call);
    expect(at('POST externalsecrets')).toBeGreaterThan(-1);
    expect(at('POST jobs')).toBeGreaterThan(at('POST externalsecrets'));
    expect({ externalSecrets: cluster.externalSecrets.size, secrets: cluster.secrets.size }).toEqual({
      externalSecrets: 0,
      secrets: 0,
    });
    expect(calls.filter((call) => call.startsWith('DELETE database-init-')).length).toBeGreaterThanOrEqual(2);
  });

  it('runs in the pod of the job, with a directory to write to', async () => {
    await (await placeOf()).run('true', OPTIONS);
    const template = cluster.cronJob.spec.jobTemplate.spec.template.spec;
    const { serviceAccountName, securityContext, volumes } = cluster.job.spec.template.spec;
    expect({ serviceAccountName, securityContext }).toEqual({
      serviceAccountName: template.serviceAccountName,
      securityContext: template.securityContext,
    });
    expect(volumes).toContainEqual({ name: 'script-room', emptyDir: {} });
    // A script that failed half-way is not begun again by the cluster.
    expect(cluster.job.spec.backoffLimit).toBe(0);
  });
});
