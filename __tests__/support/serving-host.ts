/** A host that serves: its real scripts and a real nginx, containers that are processes, and clients that count what fails. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { renderBundle } from '../../src/tiers/box/host/render';
import type { HostContainer, HostDescription } from '../../src/tiers/box/host/types';
import { FakeAws } from './fake-aws';
import { BACKEND, BALANCED } from './host-examples';
import { findTool, HostRoot } from './host-tools';

const CONFIGURATION = '/etc/terrace/nginx/nginx.conf';
const DOCKER = join(__dirname, 'process-docker/docker.js');

/** The key of the one service, which is the parameter's and the image's too. */
export const SERVICE = 'backend';
const PARAMETER = `/shop/mvp/images/${SERVICE}`;

export interface Ended {
  readonly status: number | null;
  readonly said: string;
}

/** What a run did, and what clients received meanwhile. */
export interface Served extends Ended {
  readonly failures: readonly string[];
  /** The different answers, in their order. */
  readonly answers: readonly string[];
}

/** Whether nothing listens on a port of the loopback address. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port that is free, and so is its second one. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = 11_000 + Math.floor(Math.random() * 9_000);
    if ((await isFree(port)) && (await isFree(port + 10_000)) && (await isFree(port + 1))) return port;
  }
}

/** The service of the examples with a quick health check and one secret. */
export function quickService(port: number): Extract<HostContainer, { kind: 'service' }> {
  return {
    ...BACKEND,
    port,
    plain: { PORT: String(port) },
    secrets: { JWT_SECRET: { arn: 'arn:aws:secretsmanager:us-east-1:1:secret:jwt' } },
    mounts: [],
    stopTimeoutSeconds: 4,
    memoryMib: 1,
    health: {
      ...BACKEND.health,
      path: '/health',
      command: undefined,
      intervalSeconds: 1,
      timeoutSeconds: 2,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      startPeriodSeconds: 8,
    },
  };
}

/** What clients received. */
export class Clients {
  public answered = 0;
  public readonly failures: string[] = [];
  /** The different answers, in their order. */
  public readonly answers: string[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 20 });
  private readonly timer: NodeJS.Timeout;
  private readonly pending = new Set<Promise<void>>();
  private sent = 0;

  constructor(
    private readonly port: number,
    perSecond: number,
  ) {
    this.timer = setInterval(() => this.ask(), 1000 / perSecond);
  }

  /** One request; every second one has a body. */
  public ask(path = '/', body = this.sent % 2 === 0 ? '' : 'x'.repeat(100)): void {
    this.sent += 1;
    const asked = new Promise<void>((resolve) => {
      const fail = (what: string) => {
        this.failures.push(what);
        resolve();
      };
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.port,
          path,
          method: body === '' ? 'GET' : 'POST',
          agent: this.agent,
          headers: { host: 'shop.example' },
          timeout: 20_000,
        },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => {
            if (response.statusCode !== 200) return void fail(`${path}: ${response.statusCode}`);
            this.answered += 1;
            if (this.answers.at(-1) !== text) this.answers.push(text);
            resolve();
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
      outgoing.on('error', (error) => fail(`${path}: ${error.message}`));
      outgoing.end(body);
    });
    this.pending.add(asked);
    void asked.finally(() => this.pending.delete(asked));
  }

  /** Waits for the last answers. */
  public async stop(): Promise<this> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    this.agent.destroy();
    return this;
  }
}

export class ServingHost {
  public readonly root = new HostRoot();
  public readonly aws = new FakeAws(this.root);
  private nginx?: ChildProcess;
  private web = 0;

  private constructor(public description: HostDescription) {}

  /** A host whose first containers run. @param change of the description, of which the service has the port */
  public static async start(
    change: (host: HostDescription) => HostDescription = (host) => host,
    tag = 'one',
  ): Promise<ServingHost> {
    const port = await freePair();
    const site = { name: 'shop.example', locations: [{ path: '/', port }] };
    const ingress = { ...BALANCED.ingress, sites: [site], health: { path: '/terrace-health', port, servicePath: '/health' } };
    const description = { ...BALANCED, cache: undefined, registries: [], containers: [quickService(port)], ingress };
    const host = new ServingHost(change(description));
    await host.prepare();
    host.release(tag);
    const first = await host.run('start');
    if (first.status !== 0) throw new Error(first.said);
    host.startNginx();
    await host.until(() => host.answers());
    return host;
  }

  private async prepare(): Promise<void> {
    const { root, aws } = this;
    root.shim('docker', `exec ${process.execPath} ${DOCKER} "$@"`, '/bin/sh');
    root.shim('mountpoint', 'exit 0', '/bin/sh');
    root.directory('/opt/shop');
    for (const key of ['sender', 'report', 'frontend']) aws.parameter(`/shop/mvp/images/${key}`, `shop/${key}:one`);
    aws.secret('jwt', 'first');
    for (let free = 0; free === 0;) {
      const port = 20_000 + Math.floor(Math.random() * 10_000);
      free = (await isFree(port)) ? port : 0;
      this.web = free;
    }
    this.install(this.description);
  }

  /** The files of a description. */
  public install(description: HostDescription): void {
    const { root, web } = this;
    this.description = description;
    root.install(renderBundle(description));
    for (const directory of ['/var/log/nginx', '/etc/nginx', '/var/lib/terrace/second-ports']) root.directory(directory);
    if (existsSync('/etc/nginx/mime.types')) copyFileSync('/etc/nginx/mime.types', root.path('/etc/nginx/mime.types'));
    const sites = description.ingress.sites.map(({ name }) => `/etc/terrace/nginx/conf.d/${name}.conf`);
    for (const path of [CONFIGURATION, ...sites]) {
      const content = root
        .read(path)
        .replace(/^user .*$/m, process.getuid?.() === 0 ? 'user root;' : '')
        .replaceAll('listen 80', `listen 127.0.0.1:${web}`)
        .replace(/server \{\s+listen 443 ssl default_server;[^}]*\}/, '');
      root.write(path, content);
    }
  }

  private startNginx(): void {
    const nginx = findTool('nginx') ?? 'nginx';
    this.nginx = spawn(nginx, ['-e', 'stderr', '-c', this.root.path(CONFIGURATION), '-g', 'daemon off;'], { stdio: 'ignore' });
  }

  private async answers(): Promise<boolean> {
    const clients = new Clients(this.web, 0.001);
    clients.ask();
    return (await clients.stop()).answered === 1;
  }

  private async until(holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50)))
      if (await holds()) return;
    throw new Error('the host does not answer');
  }

  /** Requests at an even rate until they are stopped. */
  public clients(perSecond = 40): Clients {
    return new Clients(this.web, perSecond);
  }

  /** Where nginx listens. */
  public get webAddress(): { readonly port: number } {
    return { port: this.web };
  }

  /** Sets the image parameter. */
  public release(tag: string, key = SERVICE): void {
    this.aws.parameter(PARAMETER.replace(SERVICE, key), `shop/${key}:${tag}`);
  }

  /** Runs a command of the host. `started` receives its process id. */
  public run(name: string, args: readonly string[] = [], started?: (pid: number) => void): Promise<Ended> {
    const env = { PATH: `${this.root.path('/shims')}:${process.env.PATH}`, HOST_ROOT: this.root.root, LC_ALL: 'C.UTF-8' };
    const child = spawn(this.root.path(`/usr/local/sbin/terrace-${name}`), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid !== undefined) started?.(child.pid);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return new Promise((resolve) => child.once('close', (status) => resolve({ status, said })));
  }

  /** A run of the timer, or other work, under requests. */
  public async served(work: () => Promise<Ended> = () => this.run('start')): Promise<Served> {
    const clients = this.clients();
    const ended = await work();
    const { failures, answers, answered } = await clients.stop();
    if (answered + failures.length === 0) throw new Error('no request was made');
    return { ...ended, failures, answers };
  }

  /** Runs `terrace-start`, which is killed at a call of Docker. */
  public async killed(pattern: string, moment: 'before' | 'after'): Promise<Ended> {
    return this.run('start', [], (pid) => this.root.write('/kill-at', `${pattern}\n${moment}\n${pid}\n`));
  }

  /** An orderly restart of the host: containers are stopped, and what is in memory is lost. */
  public restart(): void {
    for (const id of readdirSync(this.root.path('/docker/containers')))
      spawnSync(process.execPath, [DOCKER, 'stop', id], { env: { PATH: process.env.PATH, HOST_ROOT: this.root.root } });
    rmSync(this.root.path('/run'), { recursive: true });
    this.root.directory('/run');
  }

  /** The containers of a key: image, state, names that others find them by. */
  public containers(key = SERVICE): readonly string[] {
    const directory = this.root.path('/docker/containers');
    return readdirSync(directory).flatMap((id) => {
      const read = (name: string) => JSON.parse(this.root.read(`/docker/containers/${id}/${name}`)) as Record<string, string>;
      const { service, image, alias } = read('config');
      return service === key ? [`${image} ${read('state').status} ${alias}`] : [];
    });
  }

  /** The calls of Docker since the last call of this method. */
  public takeCalls(): readonly string[] {
    const calls = this.root.has('/calls') ? this.root.read('/calls').split('\n').filter(Boolean) : [];
    this.root.write('/calls', '');
    return calls;
  }

  public get environment(): string {
    return this.root.read('/opt/shop/.env');
  }

  /** Ends everything that was started. */
  public stop(): void {
    this.nginx?.kill('SIGQUIT');
    const directory = this.root.path('/docker/containers');
    const ids = existsSync(directory) ? readdirSync(directory) : [];
    const env = { PATH: process.env.PATH, HOST_ROOT: this.root.root };
    if (ids.length > 0) spawnSync(process.execPath, [DOCKER, 'rm', '--force', ...ids], { env, cwd: this.root.path('/opt/shop') });
    this.root.remove();
  }
}
