/** The proxy, judged by nginx itself: its configuration check, then real requests to a running one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, symlinkSync } from 'node:fs';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { renderBundle } from '../../../../src/tiers/box/host/render';
import type { HostDescription, HostIngress, HostSite } from '../../../../src/tiers/box/host/types';
import { FakeAws } from '../../../support/fake-aws';
import { BALANCED, EXAMPLES, MANAGED, servingDirectly, SITES, WITH_CONTAINERS } from '../../../support/host-examples';
import { findTool, HostRoot, run, said, toolTest } from '../../../support/host-tools';

const TOOLS = ['nginx', 'openssl'];

/** Where files are tested before they are copied: paths in them are relative, so that they work in both places. */
const CONFIGURATION = '/etc/terrace/nginx/nginx.conf';

/** A root with the proxy's files, certificates as the host makes them, and ports that are free here. */
function proxyRoot(host: HostDescription, ports: { readonly http: number; readonly https: number }): HostRoot {
  const root = new HostRoot();
  root.install(renderBundle(host));
  for (const directory of ['/var/log/nginx', '/run', '/etc/nginx', '/etc/terrace/nginx/conf.d', '/var/www/terrace'])
    root.directory(directory);
  if (existsSync('/etc/nginx/mime.types')) copyFileSync('/etc/nginx/mime.types', root.path('/etc/nginx/mime.types'));
  else root.write('/etc/nginx/mime.types', 'types { text/html html; }\n');
  root.shim('mountpoint', 'exit 0');
  root.shim('systemctl', 'exit 1');
  const prepared = root.command('certificates', ['prepare']);
  expect({ status: prepared.status, said: said(prepared) }).toEqual({ status: 0, said: '' });
  const { sites } = host.ingress;
  const redirects = host.ingress.kind === 'direct' ? (host.ingress.redirects ?? []) : [];
  for (const path of [CONFIGURATION, ...[...sites, ...redirects].map(({ name }) => `/etc/terrace/nginx/conf.d/${name}.conf`)]) {
    const content = root
      .read(path)
      .replace(/^user .*$/m, process.getuid?.() === 0 ? 'user root;' : '')
      .replaceAll('listen 80', `listen 127.0.0.1:${ports.http}`)
      .replaceAll('listen 443', `listen 127.0.0.1:${ports.https}`);
    root.write(path, content);
  }
  return root;
}

const check = (root: HostRoot) => run(findTool('nginx') ?? 'nginx', ['-t', '-e', 'stderr', '-c', root.path(CONFIGURATION)]);

describe('nginx -t', () => {
  for (const [name, host] of EXAMPLES) {
    toolTest(`accepts: ${name}`, TOOLS, () => {
      const root = proxyRoot(host, { http: 18_080, https: 18_443 });
      const result = check(root);
      root.remove();
      expect({ status: result.status, said: said(result) }).toMatchObject({
        status: 0,
        said: expect.stringContaining('test is successful'),
      });
      expect(said(result)).not.toMatch(/\[(warn|emerg)\]/);
    });
  }

  toolTest('accepts patterns that only a load balancer knows', TOOLS, () => {
    const locations = [
      { path: '/users/*/photo', port: 1 },
      { path: '/a+b.(c)?', port: 2 },
      { path: '/api/*', port: 3 },
      { path: '/', port: 4 },
    ];
    const ingress = servingDirectly([{ name: 'shop.example', locations }]);
    const root = proxyRoot({ ...WITH_CONTAINERS, ingress }, { http: 18_080, https: 18_443 });
    expect(said(check(root))).toContain('test is successful');
    root.remove();
  });

  toolTest('refuses a site without a certificate, so the check can fail', TOOLS, () => {
    const root = proxyRoot(WITH_CONTAINERS, { http: 18_080, https: 18_443 });
    root.removeFile('/data/tls/shop.example/fullchain.pem');
    expect(check(root).status).not.toBe(0);
    root.remove();
  });
});

/** Runs a command of the host while servers of this process answer it. */
function runLater(path: string, root: HostRoot): Promise<{ readonly status: number | null; readonly said: string }> {
  const env = { PATH: `${root.path('/shims')}:${process.env.PATH}`, HOST_ROOT: root.root, LC_ALL: 'C.UTF-8' };
  const child = spawn(path, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, said: text })));
}

/** What an application saw of a request. */
interface Seen {
  readonly path?: string;
  readonly headers: IncomingHttpHeaders;
}

/** An application that answers with its name, and upgrades connections. */
class Application {
  public seen: Seen = { headers: {} };
  public strictTransportSecurity?: string;
  private readonly server: Server;

  constructor(private readonly name: string) {
    this.server = createServer((incoming, response) => {
      this.seen = { path: incoming.url, headers: incoming.headers };
      if (this.strictTransportSecurity !== undefined) {
        response.setHeader('strict-transport-security', this.strictTransportSecurity);
      }
      response.end(this.name);
    });
    this.server.on('upgrade', (incoming, socket) => {
      this.seen = { path: incoming.url, headers: incoming.headers };
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    });
  }

  public async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  public close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function freePort(): Promise<number> {
  const application = new Application('none');
  const port = await application.listen();
  application.close();
  return port;
}

/** A proxy that runs, and the applications behind it. */
class RunningProxy {
  public readonly backend = new Application('backend');
  public readonly frontend = new Application('frontend');
  public root!: HostRoot;
  private child?: ChildProcess;
  private ports = { http: 0, https: 0 };

  public async start(
    host: HostDescription,
    locations?: (backend: number, frontend: number) => HostSite['locations'],
    edit: (configuration: string) => string = (configuration) => configuration,
  ): Promise<void> {
    const backend = await this.backend.listen();
    const frontend = await this.frontend.listen();
    this.ports = { http: await freePort(), https: await freePort() };
    const portOf = (port: number) => (port === 8061 ? backend : frontend);
    const here = ({ name, locations: given }: HostSite): HostSite => ({
      name,
      locations: locations?.(backend, frontend) ?? given.map(({ path, port }) => ({ path, port: portOf(port) })),
    });
    const sites = host.ingress.sites.map(here);
    const ingress: HostIngress =
      host.ingress.kind === 'direct'
        ? { ...host.ingress, sites }
        : { ...host.ingress, sites, health: { ...host.ingress.health, port: backend } };
    this.root = proxyRoot({ ...host, ingress }, this.ports);
    const configuration = this.root.write(CONFIGURATION, edit(this.root.read(CONFIGURATION)));
    this.child = spawn(findTool('nginx') ?? 'nginx', ['-c', configuration, '-g', 'daemon off;'], { stdio: 'ignore' });
    for (let attempt = 0; attempt < 100; attempt++) {
      const answer = await this.plain('shop.example', '/').catch(() => undefined);
      if (answer !== undefined) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(this.root.read('/var/log/nginx/error.log'));
  }

  public async stop(): Promise<void> {
    await this.end();
    this.backend.close();
    this.frontend.close();
    this.root.remove();
  }

  public get securePort(): number {
    return this.ports.https;
  }

  /** Ends nginx, and leaves the applications behind it alone. */
  public async end(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  public plain(host: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: this.ports.http, path, headers: { host, ...headers } }, collect(resolve))
        .on('error', reject)
        .end();
    });
  }

  public secure(host: string, path: string, headers: Readonly<Record<string, string>> = {}, tls: object = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: this.ports.https,
        path,
        servername: host,
        rejectUnauthorized: false,
        agent: false as const,
      };
      secureRequest({ ...options, ...tls, headers: { host, ...headers } }, collect(resolve))
        .on('upgrade', ({ statusCode = 0, headers: answered }) => resolve({ status: statusCode, headers: answered, body: '' }))
        .on('error', reject)
        .end();
    });
  }
}

function collect(resolve: (answer: Answer) => void) {
  return (response: IncomingMessage) => {
    let body = '';
    response.on('data', (chunk: Buffer) => (body += chunk.toString()));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
  };
}

const installed = TOOLS.every((tool) => findTool(tool) !== undefined);

describe('a running proxy', () => {
  const proxy = new RunningProxy();
  beforeAll(async () => {
    if (installed) await proxy.start(WITH_CONTAINERS);
  });
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest('redirects HTTP to HTTPS, on the requested name', TOOLS, async () => {
    const { status, headers } = await proxy.plain('api.shop.example', '/orders?page=2');
    expect([status, headers.location]).toEqual([301, 'https://api.shop.example/orders?page=2']);
  });

  toolTest('answers the certificate authority over HTTP', TOOLS, async () => {
    proxy.root.write('/var/www/terrace/.well-known/acme-challenge/token', 'proof');
    expect(await proxy.plain('shop.example', '/.well-known/acme-challenge/token')).toMatchObject({ status: 200, body: 'proof' });
  });

  toolTest('routes by path: the longest prefix wins, everything else goes to the frontend', TOOLS, async () => {
    const bodies = await Promise.all(
      ['/api/orders', '/health', '/', '/apiary', '/healthy'].map(async (path) => (await proxy.secure('shop.example', path)).body),
    );
    expect(bodies).toEqual(['backend', 'backend', 'frontend', 'frontend', 'frontend']);
    expect((await proxy.secure('api.shop.example', '/anything')).body).toBe('backend');
    await proxy.secure('shop.example', '/api/orders?page=2');
    expect(proxy.backend.seen.path).toBe('/api/orders?page=2');
  });

  toolTest('passes the address of the client to applications, and drops what clients claim', TOOLS, async () => {
    await proxy.secure('shop.example', '/api/', {
      'x-real-ip': '6.6.6.6',
      'x-forwarded-for': '6.6.6.6, 7.7.7.7',
      'x-forwarded-proto': 'http',
      'cf-connecting-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
    });
    expect(proxy.backend.seen.headers).toMatchObject({
      host: 'shop.example',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example',
    });
    expect(JSON.stringify(proxy.backend.seen.headers)).not.toContain('6.6.6.6');
  });

  toolTest('upgrades to WebSockets, and leaves other connections alone', TOOLS, async () => {
    const { status } = await proxy.secure('shop.example', '/api/live', { upgrade: 'websocket', connection: 'Upgrade' });
    expect(status).toBe(101);
    expect(proxy.backend.seen.headers).toMatchObject({ upgrade: 'websocket', connection: 'upgrade' });
    await proxy.secure('shop.example', '/api/orders');
    expect(proxy.backend.seen.headers.upgrade).toBeUndefined();
  });

  toolTest('supports TLS 1.2 and 1.3 only', TOOLS, async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'])
      expect((await proxy.secure('shop.example', '/', {}, { minVersion: version, maxVersion: version })).status).toBe(200);
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(proxy.secure('shop.example', '/', {}, old)).rejects.toThrow();
  });

  toolTest('does not answer requests for other names', TOOLS, async () => {
    await expect(proxy.plain('other.example', '/')).rejects.toThrow();
    await expect(proxy.secure('other.example', '/')).rejects.toThrow();
  });
});

describe('a name that is redirected', () => {
  const proxy = new RunningProxy();
  const redirected: HostDescription = {
    ...WITH_CONTAINERS,
    ingress: {
      kind: 'direct',
      origin: 'public',
      sites: SITES,
      redirects: [{ name: 'old.example', target: 'shop.example' }],
      strictTransportSecurity: 'max-age=1',
    },
  };
  beforeAll(async () => {
    if (installed) await proxy.start(redirected);
  });
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest('leads to its target over HTTPS, with the path and the query as they were written', TOOLS, async () => {
    const { status, headers } = await proxy.secure('old.example', '/a%2Fb%20c//d?x=1&x=2&y=%26&z');
    expect([status, headers.location]).toEqual([301, 'https://shop.example/a%2Fb%20c//d?x=1&x=2&y=%26&z']);
    expect(headers['strict-transport-security']).toBe('max-age=1');
  });

  toolTest('goes to HTTPS on the same name first, and proves itself to the certificate authority', TOOLS, async () => {
    expect((await proxy.plain('old.example', '/a')).headers.location).toBe('https://old.example/a');
    proxy.root.write('/var/www/terrace/.well-known/acme-challenge/token', 'proof');
    expect((await proxy.plain('old.example', '/.well-known/acme-challenge/token')).body).toBe('proof');
    expect(proxy.root.read('/etc/terrace/sites').split('\n')).toContain('old.example');
  });

  toolTest('does not change the answers of other names', TOOLS, async () => {
    expect((await proxy.secure('shop.example', '/')).status).toBe(200);
  });
});

describe('a proxy that asks for a login', () => {
  const proxy = new RunningProxy();
  const LOGINS = '/run/terrace-nginx/logins';
  const basicAuth = { except: ['/webhooks/*', '/health', '/a/*/b'], secretArn: 'arn:secret' };
  const login = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  const status = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
    (await proxy.secure('shop.example', path, headers)).status;
  const addLogin = () => {
    const hash = run('openssl', ['passwd', '-apr1', 'secret']).stdout.trim();
    const written = proxy.root.write(LOGINS, `ann:${hash}\n`);
    chmodSync(dirname(written), 0o755);
  };
  beforeAll(async () => {
    if (installed) await proxy.start({ ...WITH_CONTAINERS, basicAuth });
  });
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest('refuses everybody while the host has no logins', TOOLS, async () => {
    expect(await status('/')).not.toBe(200);
    expect(await status('/', login('ann:secret'))).not.toBe(200);
    expect(await status('/health')).toBe(200);
  });

  toolTest('lets a known login pass, which the application does not see', TOOLS, async () => {
    addLogin();
    expect(await status('/api/orders', login('ann:secret'))).toBe(200);
    expect(proxy.backend.seen.headers.authorization).toBeUndefined();
    for (const headers of [{}, login('ann:wrong'), login('bob:secret'), { authorization: 'Bearer secret' }])
      expect([headers, await status('/api/orders', headers)]).toEqual([headers, 401]);
    expect((await proxy.secure('api.shop.example', '/')).headers['www-authenticate']).toMatch(/^Basic realm="shop/);
  });

  toolTest('exempts the listed paths only, with the headers of the client', TOOLS, async () => {
    addLogin();
    for (const path of ['/webhooks/stripe', '/webhooks/stripe?x=1', '/health', '/a/x/b'])
      expect([path, await status(path)]).toEqual([path, 200]);
    await proxy.secure('shop.example', '/health', { authorization: 'Bearer application' });
    expect(proxy.backend.seen.headers.authorization).toBe('Bearer application');
    for (const path of ['/webhooks', '/healthy', '/x/health', '/?/webhooks/x', '/a/x?/b', '/orders?x=/health'])
      expect([path, await status(path)]).toEqual([path, 401]);
  });

  toolTest('exempts no path that an application may read as another one', TOOLS, async () => {
    addLogin();
    for (const path of ['/webhooks/../api/', '/webhooks/%2e%2e/api/', '/webhooks/%2Fapi', '/webhooks//api', '/webhooks/..\\api'])
      expect([path, await status(path)]).toEqual([path, 401]);
  });
});

describe('the monitor of the host', () => {
  const proxy = new RunningProxy();
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest(
    'asks each name through the proxy, with its certificate, and notices when nginx is dead',
    [...TOOLS, 'curl', 'jq'],
    async () => {
      await proxy.start(WITH_CONTAINERS);
      const { root } = proxy;
      const aws = new FakeAws(root);
      for (const program of ['docker', 'systemctl', 'timeout']) root.shim(program, 'exit 1');
      root.write('/etc/terrace/health.tsv', '');
      root.write('/etc/terrace/site-checks.tsv', 'shop.example\t/health\t400\napi.shop.example\t/\t500\n');
      const script = root.read('/usr/local/sbin/terrace-monitor');
      const onPort = script
        .replace('$site:443:', `$site:${proxy.securePort}:`)
        .replace('"https://$site$path" ||', `"https://$site:${proxy.securePort}$path" ||`);
      root.write('/usr/local/sbin/terrace-monitor', onPort, 0o755);
      const measured = async () => {
        const result = await runLater(root.path('/usr/local/sbin/terrace-monitor'), root);
        return { ...result, failures: aws.takeMetrics().HealthCheckFailures };
      };
      expect(await measured()).toMatchObject({ status: 0, failures: '0' });
      // Signed by an unknown authority: only a certificate that the host created itself is exempt.
      for (const name of ['fullchain', 'privkey']) {
        root.write(`/data/letsencrypt/${name}.pem`, root.read(`/data/tls/shop.example/own/${name}.pem`));
        root.removeFile(`/data/tls/shop.example/${name}.pem`);
        symlinkSync(root.path(`/data/letsencrypt/${name}.pem`), root.path(`/data/tls/shop.example/${name}.pem`));
      }
      expect(await measured()).toMatchObject({
        failures: '1',
        said: expect.stringContaining('https://shop.example/health does not answer'),
      });
      await proxy.end();
      expect(await measured()).toMatchObject({ failures: '2' });
    },
  );
});

describe('a running proxy with patterns', () => {
  const proxy = new RunningProxy();
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest('tries them in their order, as a load balancer does', TOOLS, async () => {
    await proxy.start({ ...WITH_CONTAINERS, ingress: servingDirectly(SITES.slice(0, 1)) }, (backend, frontend) => [
      { path: '/users/*/photo', port: backend },
      { path: '/users/', port: frontend },
      { path: '/v?/ping', port: backend },
      { path: '/', port: frontend },
    ]);
    const bodies = await Promise.all(
      ['/users/7/photo', '/users/7/photos', '/v1/ping', '/v10/ping', '/'].map(
        async (path) => (await proxy.secure('shop.example', path)).body,
      ),
    );
    expect(bodies).toEqual(['backend', 'frontend', 'backend', 'frontend', 'frontend']);
  });
});

describe('a running proxy with strict transport security', () => {
  const proxy = new RunningProxy();
  const header = 'max-age=31536000';
  beforeAll(async () => {
    const ingress = { ...servingDirectly(SITES), strictTransportSecurity: header };
    if (installed) await proxy.start({ ...WITH_CONTAINERS, ingress });
  });
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest('makes browsers insist on HTTPS, instead of the application, and over HTTPS only', TOOLS, async () => {
    proxy.backend.strictTransportSecurity = 'max-age=1';
    expect((await proxy.secure('shop.example', '/api/')).headers['strict-transport-security']).toBe(header);
    expect((await proxy.plain('shop.example', '/')).headers['strict-transport-security']).toBeUndefined();
  });

  toolTest('does so in error responses, too', TOOLS, async () => {
    proxy.frontend.close();
    const { status, headers } = await proxy.secure('shop.example', '/');
    expect([status, headers['strict-transport-security']]).toEqual([502, header]);
  });
});

describe('a running proxy behind Cloudflare', () => {
  const proxy = new RunningProxy();
  beforeAll(async () => {
    if (installed) await proxy.start(MANAGED);
  });
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest('refuses clients that do not come from Cloudflare, whatever they claim', TOOLS, async () => {
    const elsewhere = { localAddress: '127.0.0.2' };
    expect((await proxy.secure('shop.example', '/', {}, elsewhere)).status).toBe(403);
    expect((await proxy.secure('shop.example', '/', { 'cf-connecting-ip': '173.245.48.1' }, elsewhere)).status).toBe(403);
  });

  toolTest('admits the host itself, whose monitor asks each site', TOOLS, async () => {
    expect((await proxy.secure('shop.example', '/')).body).toBe('frontend');
  });
});

describe('a running proxy behind a Cloudflare on this machine', () => {
  const proxy = new RunningProxy();
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest('takes the caller from the header that Cloudflare sets', TOOLS, async () => {
    // One of the real ranges becomes this machine's.
    await proxy.start(MANAGED, undefined, (configuration) => configuration.replaceAll('131.0.72.0/22', '127.0.0.0/8'));
    const claimed = { 'cf-connecting-ip': '198.51.100.7', 'x-forwarded-for': '6.6.6.6, 198.51.100.7' };
    expect((await proxy.secure('shop.example', '/api/', claimed)).body).toBe('backend');
    expect(proxy.backend.seen.headers).toMatchObject({ 'x-real-ip': '198.51.100.7', 'x-forwarded-for': '198.51.100.7' });
  });
});

describe('a running proxy behind a load balancer', () => {
  const proxy = new RunningProxy();
  beforeAll(async () => {
    // The load balancer is on this machine.
    if (installed) await proxy.start(BALANCED, undefined, (configuration) => configuration.replace('10.0.0.0/8', '127.0.0.0/8'));
  });
  afterAll(async () => {
    if (installed) await proxy.stop();
  });

  toolTest('answers its health check for any name, and nothing else', TOOLS, async () => {
    expect((await proxy.plain('10.0.1.7', '/terrace-health')).body).toBe('backend');
    expect(proxy.backend.seen.path).toBe('/health');
    await expect(proxy.plain('10.0.1.7', '/')).rejects.toThrow();
  });

  toolTest('trusts its headers about client, scheme and port', TOOLS, async () => {
    const said = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' };
    expect((await proxy.plain('shop.example', '/api/', said)).body).toBe('backend');
    expect(proxy.backend.seen.headers).toMatchObject({
      'x-real-ip': '198.51.100.7',
      // As the load balancer sent it, and as applications get it where there is no nginx.
      'x-forwarded-for': '198.51.100.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '443',
    });
  });
});
