/** Applying a configuration: what a first run does, that a second one changes nothing, and what each change leads to. */
import { statSync } from 'node:fs';
import type { HostDescription } from '../../../../../src/tiers/box/host/types';
import { renderBundle } from '../../../../../src/tiers/box/host/render';
import { FakeSystem } from '../../../../support/fake-system';
import {
  BACKEND,
  EXAMPLES,
  MANAGED,
  REPORT,
  servingDirectly,
  SITES,
  WITH_CONTAINERS,
  WITH_PACKAGES,
} from '../../../../support/host-examples';
import { said, toolTest } from '../../../../support/host-tools';

const TOOLS = ['bash', 'jq', 'flock', 'openssl'];

/** Calls that only look. */
const LOOKS = [
  /^aws (ssm get-parameter|secretsmanager get-secret-value|s3api head-object) /,
  /^systemctl (is-active|is-failed) /,
  /^(docker exec|runuser) .* select system_identifier from pg_control_system\(\)$/,
  /^docker (compose version|compose ps |image inspect |image ls |ps |inspect )/,
  /^nginx -v$/,
  /^curl .* --write-out /,
];

const changes = (calls: readonly string[]) => calls.filter((call) => !LOOKS.some((look) => look.test(call)));

const WITH_ANOTHER_SITE: HostDescription = {
  ...WITH_CONTAINERS,
  ingress: servingDirectly([...SITES, { name: 'new.example', locations: [{ path: '/', port: 3000 }] }]),
};

const WITH_ANOTHER_VARIABLE: HostDescription = {
  ...WITH_CONTAINERS,
  containers: WITH_CONTAINERS.containers.map((container) =>
    container === BACKEND ? { ...BACKEND, plain: { PORT: '9000' } } : container,
  ),
};

let system: FakeSystem;
afterEach(() => {
  if (![...firstRuns.values()].some((run) => run.system === system)) system.root.remove();
});
afterAll(() => {
  for (const run of firstRuns.values()) run.system.root.remove();
});

function apply(): readonly string[] {
  const result = system.root.command('apply');
  if (result.status !== 0) throw new Error(said(result));
  return changes(system.takeCalls());
}

/** What a run that fails says. */
function refused(name = 'apply'): string {
  const result = system.root.command(name);
  expect({ said: said(result), status: result.status }).not.toMatchObject({ status: 0 });
  return said(result);
}

/** Each description is set up once; every test finds it in the state after that. */
const firstRuns = new Map<HostDescription, { readonly system: FakeSystem; readonly calls: readonly string[] }>();

/** The calls of the first run on a new host, which is then set up. */
function firstRun(host: HostDescription): readonly string[] {
  const known = firstRuns.get(host);
  if (known !== undefined) {
    system = known.system;
    system.root.checkpoint('return');
    return known.calls;
  }
  system = new FakeSystem(host);
  const calls = apply();
  system.root.checkpoint('keep');
  firstRuns.set(host, { system, calls });
  return calls;
}

const IMAGE = '1.dkr.ecr.us-east-1.amazonaws.com/shop/backend';
const STORES_UP = 'docker compose up --detach --no-deps --quiet-pull postgres redis';
const UP = 'docker compose up --detach --no-recreate --remove-orphans --quiet-pull';

/** What a release of one container does. */
const RELEASED = [
  STORES_UP,
  UP,
  'docker compose up --no-start --no-deps --no-recreate --quiet-pull --scale backend=2 backend',
  expect.stringMatching(/^docker network disconnect shop_default backend-/),
  expect.stringMatching(/^docker network connect shop_default backend-/),
  expect.stringMatching(/^docker start backend-/),
  expect.stringMatching(/^docker network disconnect shop_default backend-/),
  expect.stringMatching(/^docker network connect --alias backend shop_default backend-/),
  expect.stringMatching(/^docker stop backend-/),
  expect.stringMatching(/^docker rm --force backend-/),
];

/** A release of the backend. */
const release = (tag: string) => system.aws.parameter('/shop/mvp/images/backend', `${IMAGE}:${tag}`);

describe('a second run changes nothing', () => {
  for (const [name, host] of EXAMPLES) {
    toolTest(name, TOOLS, () => {
      expect(firstRun(host).length).toBeGreaterThan(10);
      const before = system.snapshot();
      expect(apply()).toEqual([]);
      expect(system.snapshot()).toEqual(before);
    });
  }
});

describe('a first run', () => {
  toolTest('on Ubuntu installs from its archive and opens 80 and 443 only', TOOLS, () => {
    const calls = firstRun(WITH_CONTAINERS);
    const installed = calls.find((call) => /^apt-get .* install /.test(call));
    for (const name of ['docker.io', 'docker-compose-v2', 'nginx', 'certbot', 'fail2ban', 'unattended-upgrades'])
      expect(installed).toContain(` ${name}`);
    expect(installed).not.toMatch(/postgresql|redis/);
    expect(calls.filter((call) => call.startsWith('ufw'))).toEqual([
      'ufw --force reset',
      'ufw default deny incoming',
      'ufw default allow outgoing',
      'ufw allow http',
      'ufw allow https',
      'ufw --force enable',
    ]);
  });

  toolTest('on Amazon Linux installs PostgreSQL and Redis as packages, and the pinned Compose plugin', TOOLS, () => {
    const calls = firstRun(WITH_PACKAGES);
    const installed = calls.find((call) => /^dnf .* install /.test(call));
    for (const name of ['docker', 'nginx', 'certbot', 'fail2ban', 'firewalld', 'postgresql15-server', 'redis6'])
      expect(installed).toContain(` ${name}`);
    expect(calls.filter((call) => call.startsWith('firewall-cmd'))).toEqual([
      'firewall-cmd --quiet --permanent --add-service=http',
      'firewall-cmd --quiet --permanent --add-service=https',
      'firewall-cmd --quiet --permanent --add-service=ssh',
      'firewall-cmd --quiet --reload',
    ]);
    expect(calls.find((call) => call.startsWith('curl'))).toMatch(
      /compose\/releases\/download\/v2\.40\.3\/docker-compose-linux-x86_64$/,
    );
    expect(statSync(system.root.path('/usr/local/lib/docker/cli-plugins/docker-compose')).mode & 0o111).not.toBe(0);
    expect(calls).toContain('systemctl restart terrace-postgres.service');
  });

  toolTest('a Compose plugin with another checksum is not installed', TOOLS, () => {
    system = new FakeSystem(WITH_PACKAGES);
    system.root.shim('curl', 'while [ $# -gt 0 ]; do [ "$1" != --output ] || printf forged > "$2"; shift; done');
    expect(system.root.command('apply').status).not.toBe(0);
    expect(system.root.has('/usr/local/lib/docker/cli-plugins/docker-compose')).toBe(false);
  });

  toolTest('creates certificates before it installs nginx, because the package starts nginx', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.root.shim(
      'apt-get',
      `case "$*" in *install*) [ -s "$HOST_ROOT/data/tls/shop.example/fullchain.pem" ] || exit 1 ;; esac`,
    );
    apply();
  });

  toolTest('starts the monitor and the agent, then data stores, roles and applications', TOOLS, () => {
    const calls = firstRun(WITH_CONTAINERS);
    const order = [
      /^systemctl restart terrace-monitor\.timer$/,
      /^agent /,
      /^docker compose up --detach --wait .* postgres redis$/,
      /^docker exec .* psql/,
      /^docker compose up --detach --no-recreate --remove-orphans/,
    ];
    const places = order.map((pattern) => calls.findIndex((call) => pattern.test(call)));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
    // One short line for each event of a container, in place of all its labels.
    expect(calls.find((call) => call.startsWith('docker events'))).toContain('--format {{.Action}} ');
  });

  toolTest(
    'creates the directory without which sshd tests nothing, as on Ubuntu 24.04 before its first connection',
    TOOLS,
    () => {
      system = new FakeSystem(WITH_CONTAINERS);
      system.root.shim('sshd', '[ -d "$HOST_ROOT/run/sshd" ] || { echo "Missing privilege separation directory"; exit 255; }');
      expect(apply()).toContain('systemctl reload-or-restart ssh.service');
    },
  );

  toolTest('writes secrets unchanged to memory, readable only by root', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.aws.secret('jwt', "it's \\ a $key");
    apply();
    expect(system.root.read('/run/terrace/backend.env')).toBe("DATABASE_URL='postgresql://app'\nJWT_SECRET='it\\'s \\ a $key'\n");
    for (const name of ['backend.env', 'roles.env', 'superuser-password']) {
      expect({ name, mode: statSync(system.root.path(`/run/terrace/${name}`)).mode & 0o077 }).toEqual({ name, mode: 0 });
    }
    expect(statSync(system.root.path('/run/terrace')).mode & 0o077).toBe(0);
  });

  toolTest('logs in to ECR and other registries only for the pull', TOOLS, () => {
    const calls = firstRun(MANAGED);
    expect(calls).toContain('aws ecr get-login-password --region us-east-1');
    expect(calls).toContain('docker login --username AWS --password-stdin 1.dkr.ecr.us-east-1.amazonaws.com');
    expect(calls).toContain('docker login --username registry --password-stdin registry.example');
    expect(calls.filter((call) => call.startsWith('docker login'))).toHaveLength(2);
    expect(Object.keys(system.snapshot()).filter((path) => path.includes('docker/config'))).toEqual([]);
  });
});

describe('after a first run', () => {
  beforeEach(() => firstRun(WITH_CONTAINERS));

  toolTest('another image is pulled and its containers replaced; nothing else happens', TOOLS, () => {
    release('2');
    const result = system.root.command('apply');
    expect(said(result)).not.toContain('WARNING');
    expect(changes(system.takeCalls()).filter((call) => call.startsWith('docker') && !call.startsWith('docker login'))).toEqual([
      `docker pull --quiet ${IMAGE}:2`,
      ...RELEASED,
      `docker image rm --force sha256:${IMAGE}:1`,
    ]);
    expect(system.root.read('/opt/shop/.env')).toContain(`IMAGE_BACKEND=${IMAGE}:2\n`);
  });

  toolTest(
    'an image of any age is kept until its container runs, and so are those of jobs, which only run at times',
    TOOLS,
    () => {
      release('2');
      apply();
      release('1');
      apply();
      expect(system.running).toEqual(expect.arrayContaining(['backend', 'frontend', 'sender', 'postgres', 'redis']));
      expect([...system.images].sort()).toEqual([
        `${IMAGE}:1`,
        '1.dkr.ecr.us-east-1.amazonaws.com/shop/frontend:1',
        '1.dkr.ecr.us-east-1.amazonaws.com/shop/report:1',
        '1.dkr.ecr.us-east-1.amazonaws.com/shop/sender:1',
        'public.ecr.aws/docker/library/alpine:3.22',
        'public.ecr.aws/docker/library/postgres:15-alpine',
        'public.ecr.aws/docker/library/redis:7.2-alpine',
      ]);
      expect(apply()).toEqual([]);
    },
  );

  toolTest('a rotated secret replaces the containers that hold it', TOOLS, () => {
    system.aws.secret('jwt', 'another');
    expect(apply()).toEqual(RELEASED);
  });

  toolTest('a rotated password is also set in PostgreSQL', TOOLS, () => {
    system.aws.secret('app', JSON.stringify({ username: 'app', password: 'rotated', url: 'postgresql://app:rotated' }));
    const calls = apply();
    expect(calls.some((call) => /^docker exec .*--env ROLE_APP_PASSWORD/.test(call))).toBe(true);
    expect(calls.slice(-RELEASED.length)).toEqual(RELEASED);
  });

  toolTest('another site reloads nginx and requests a certificate, and leaves containers alone', TOOLS, () => {
    system.install(WITH_ANOTHER_SITE);
    const calls = apply();
    expect(calls).toContain('systemctl reload-or-restart nginx');
    expect(calls.some((call) => /^certbot certonly .*--domain new\.example /.test(call))).toBe(true);
    expect(calls.filter((call) => call.startsWith('docker'))).toEqual([]);
  });

  toolTest('a site that is gone is removed from nginx', TOOLS, () => {
    system.root.removeFile('/etc/terrace/nginx/conf.d/api.shop.example.conf');
    apply();
    expect(system.root.has('/etc/nginx/conf.d/api.shop.example.conf')).toBe(false);
    expect(system.root.has('/etc/nginx/conf.d/shop.example.conf')).toBe(true);
  });

  toolTest('a variable replaces containers, without packages, firewall or proxy', TOOLS, () => {
    system.install(WITH_ANOTHER_VARIABLE);
    expect(apply()).toEqual(RELEASED);
  });

  toolTest('nginx that has died is started again', TOOLS, () => {
    system.root.removeFile('/active-nginx');
    expect(apply()).toEqual(['systemctl start nginx']);
  });

  toolTest('what killed runs left in memory is removed, secrets among it', TOOLS, () => {
    for (const name of ['secrets', 'images-']) system.root.write(`/run/terrace/${name}.AbCdEf/files/backend.env`, 'a secret');
    apply();
    expect(Object.keys(system.snapshot()).filter((path) => path.includes('AbCdEf'))).toEqual([]);
  });
});

describe('nginx', () => {
  toolTest('of a version that has a directive for HTTP/2 gets it in place of the deprecated parameter', TOOLS, () => {
    system = new FakeSystem(WITH_PACKAGES);
    system.root.write('/nginx-version', '1.28.0');
    apply();
    expect(system.root.read('/etc/nginx/conf.d/shop.example.conf')).toContain('listen 443 ssl;\n    http2 on;\n');
    firstRun(WITH_CONTAINERS);
    expect(system.root.read('/etc/nginx/conf.d/shop.example.conf')).toContain('listen 443 ssl http2;\n');
  });

  toolTest(
    'keeps the files that work when new ones are refused, so that it also starts after a restart of the host',
    TOOLS,
    () => {
      firstRun(WITH_CONTAINERS);
      system.root.write('/nginx-is-wrong', '');
      system.install(WITH_ANOTHER_SITE);
      expect(refused()).toMatch(/not everything could be applied:.* nginx$/m);
      expect(system.root.has('/etc/nginx/conf.d/new.example.conf')).toBe(false);
      expect(changes(system.takeCalls()).filter((call) => call.startsWith('systemctl'))).toEqual([]);
      system.root.removeFile('/nginx-is-wrong');
      expect(apply()).toContain('systemctl reload-or-restart nginx');
      expect(system.root.has('/etc/nginx/conf.d/new.example.conf')).toBe(true);
    },
  );
});

describe('a step that the system can run without', () => {
  toolTest('fails the run at its end, and keeps nothing from starting', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.root.shim('sshd', 'exit 255');
    system.root.shim('ufw', 'exit 1');
    system.root.write('/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl', '#!/bin/bash\nexit 1\n', 0o755);
    expect(refused()).toContain('not everything could be applied: firewall ssh agent\n');
    expect(system.running).toEqual(expect.arrayContaining(['backend', 'frontend', 'sender', 'postgres', 'redis']));
    expect(system.takeCalls()).toContain('systemctl restart terrace-backup.timer');
    // It is tried again, and only that.
    system.root.shim('sshd', '');
    system.root.shim('ufw', '');
    expect(refused()).toContain('not everything could be applied: agent\n');
  });

  toolTest('a certificate is requested again after an hour, and its absence is no failure', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.root.shim('certbot', 'exit 1');
    apply();
    system.root.shim('certbot', 'echo certbot >> "$HOST_ROOT/calls"');
    expect(apply()).toEqual([]);
  });
});

describe('a secret or an image that is unavailable', () => {
  const BROKEN = '{"username":"app","password":"hunter2"}';

  toolTest('at the first start: the others start, the run fails, and it is named without showing any value', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.aws.secret('app', BROKEN);
    const message = refused();
    expect(message).toContain(
      'the secret arn:aws:secretsmanager:us-east-1:1:secret:app has no usable value for DATABASE_URL (key url)',
    );
    expect(message).toContain('not everything could be applied: containers\n');
    expect([...system.running].sort()).toEqual(['frontend', 'postgres', 'redis', 'sender']);
    expect(system.takeCalls()).toContain('systemctl restart terrace-backup.timer');
    system.aws.secret('app', 'hunter2 is no JSON');
    expect(`${message}${refused()}`).not.toContain('hunter2');
    // Once it is set, the rest follows.
    system.aws.secret('app', JSON.stringify({ username: 'app', password: 'x', url: 'postgresql://app' }));
    apply();
    expect(system.running).toContain('backend');
  });

  toolTest('while everything runs: nothing is replaced, and a typo is not written to .env', TOOLS, () => {
    firstRun(WITH_CONTAINERS);
    system.root.write('/missing', `${IMAGE}:nope\n`);
    release('nope');
    expect(refused()).toContain(`${IMAGE}:nope cannot be pulled for backend`);
    expect(system.root.read('/opt/shop/.env')).toContain(`IMAGE_BACKEND=${IMAGE}:1\n`);
    expect(system.running).toContain('backend');
    expect(changes(system.takeCalls()).filter((call) => call.startsWith('docker compose'))).toEqual([]);
  });

  toolTest('after a restart of the host: data stores start first, and the container that existed starts as it was', TOOLS, () => {
    firstRun(WITH_CONTAINERS);
    system.aws.secret('app', BROKEN);
    system.root.write('/missing', `${IMAGE}:nope\n`);
    release('nope');
    system.reboot();
    refused();
    expect([...system.running].sort()).toEqual(['backend', 'frontend', 'postgres', 'redis', 'sender']);
    const calls = changes(system.takeCalls());
    expect(calls).toContain('docker compose start backend');
    const places = [/^docker compose up --detach --wait/, /^docker compose up .* frontend$/].map((pattern) =>
      calls.findIndex((call) => pattern.test(call)),
    );
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  toolTest('after a restart of the host with all of AWS unavailable: everything that existed runs', TOOLS, () => {
    firstRun(WITH_CONTAINERS);
    system.reboot();
    system.aws.down = true;
    refused();
    system.aws.down = false;
    expect([...system.running].sort()).toEqual(['backend', 'frontend', 'postgres', 'redis', 'sender']);
  });

  toolTest('of one container does not affect another that Docker refuses to create', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.root.write('/refused-backend', '');
    expect(refused()).toContain('backend does not run');
    expect([...system.running].sort()).toEqual(['frontend', 'postgres', 'redis', 'sender']);
  });

  toolTest('does not keep a job from running with the image and the values that it has', TOOLS, () => {
    firstRun(WITH_CONTAINERS);
    system.aws.parameter('/shop/mvp/images/report', `${IMAGE}:nope`);
    system.root.write('/missing', `${IMAGE}:nope\n`);
    expect(system.root.command('images', ['report']).status).toBe(0);
    expect(system.root.command('images', ['backend']).status).toBe(0);
    system.aws.secret('app', BROKEN);
    expect(system.root.command('secrets', ['backend']).status).toBe(0);
    system.root.removeFile('/run/terrace/backend.env');
    expect(system.root.command('secrets', ['backend']).status).not.toBe(0);
    system.root.removeFile('/opt/shop/.env');
    expect(system.root.command('images', ['report']).status).not.toBe(0);
  });
});

describe('fails, and starts nothing new', () => {
  toolTest('while the data volume is not mounted', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.root.write('/unmounted', '');
    expect(refused()).toContain('not mounted');
    expect(changes(system.takeCalls())).toEqual([]);
  });

  toolTest('when the files on the volume are of another version of PostgreSQL', TOOLS, () => {
    system = new FakeSystem(WITH_PACKAGES);
    system.root.write('/data/postgres/PG_VERSION', '14\n');
    expect(refused()).toContain('the data volume holds PostgreSQL 14, not 15');
  });
});

describe('pulling', () => {
  const KEY = ['shop-mvp-configuration', 'configuration.json'] as const;

  /** The bundle in S3, for the places that this machine has. */
  function upload(host: HostDescription): void {
    const files = renderBundle(host).map((file) => ({
      ...file,
      path: system.root.path(file.path),
      content: system.root.translate(file.content),
    }));
    system.aws.object(...KEY, JSON.stringify({ files: files.filter(({ path }) => !path.endsWith('/terrace-volume')) }));
  }

  function pull(): readonly string[] {
    const result = system.root.command('pull');
    expect({ status: result.status, said: said(result) }).toMatchObject({ status: 0 });
    return system.takeCalls();
  }

  toolTest('writes and applies a new version, and downloads each version once', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    upload(WITH_CONTAINERS);
    expect(pull().some((call) => call.startsWith('aws s3api get-object'))).toBe(true);
    expect(changes(pull())).toEqual([]);
    upload(WITH_ANOTHER_VARIABLE);
    const calls = changes(pull());
    expect(calls).toEqual(expect.arrayContaining(RELEASED));
    expect(system.root.read('/opt/shop/backend.env')).toBe("PORT='9000'\n");
  });

  toolTest('removes what is gone, and stops its units first', TOOLS, () => {
    firstRun(WITH_CONTAINERS);
    upload(WITH_CONTAINERS);
    pull();
    upload({ ...WITH_CONTAINERS, containers: WITH_CONTAINERS.containers.filter((container) => container !== REPORT) });
    expect(pull()).toContain('systemctl disable --now terrace-job-report.timer');
    expect(system.root.has('/etc/systemd/system/terrace-job-report.timer')).toBe(false);
    expect(system.root.has('/etc/systemd/system/terrace-job-migrate.service')).toBe(true);
  });

  toolTest('changes nothing when the object is invalid or S3 is unavailable', TOOLS, () => {
    firstRun(WITH_CONTAINERS);
    upload(WITH_CONTAINERS);
    pull();
    const { 'active-nginx': _, ...before } = system.snapshot();
    for (const broken of ['{ "files": [', '{ "files": [] }', '{}']) {
      system.aws.object(...KEY, broken);
      expect(system.root.command('pull').status).not.toBe(0);
    }
    system.aws.down = true;
    system.root.removeFile('/active-nginx');
    expect(refused('pull')).toContain('cannot be read');
    // The host is kept in the state of the configuration that it has.
    expect(system.takeCalls()).toContain('systemctl start nginx');
    system.aws.down = false;
    upload(WITH_CONTAINERS);
    pull();
    expect(system.snapshot()).toMatchObject(before);
  });

  toolTest('by hand makes good for a failed run of the timer, so that the alarm ends', TOOLS, () => {
    firstRun(WITH_CONTAINERS);
    upload(WITH_CONTAINERS);
    system.root.write('/failed', '');
    system.aws.secret('app', 'no JSON');
    refused('pull');
    expect(system.root.has('/run/terrace/apply-failed')).toBe(true);
    expect(system.takeCalls()).not.toContain('systemctl reset-failed terrace-pull.service');
    system.aws.secret('app', JSON.stringify({ username: 'app', password: 'password-of-app', url: 'postgresql://app' }));
    expect(pull()).toContain('systemctl reset-failed terrace-pull.service');
    expect(system.root.has('/run/terrace/apply-failed')).toBe(false);
  });
});
