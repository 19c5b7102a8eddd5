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
  /^docker (compose version|compose ps |image inspect |compose --profile jobs config --images)/,
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
afterEach(() => system.root.remove());

function apply(): readonly string[] {
  const result = system.root.command('apply');
  if (result.status !== 0) throw new Error(said(result));
  return changes(system.takeCalls());
}

/** A host that was set up; that a second run changes nothing is tested above all else. */
function settled(host: HostDescription): void {
  system = new FakeSystem(host);
  apply();
}

describe('a second run changes nothing', () => {
  for (const [name, host] of EXAMPLES) {
    toolTest(name, TOOLS, () => {
      system = new FakeSystem(host);
      expect(apply().length).toBeGreaterThan(10);
      const before = system.snapshot();
      expect(apply()).toEqual([]);
      expect(system.snapshot()).toEqual(before);
    });
  }
});

describe('a first run', () => {
  toolTest('on Ubuntu installs from its archive and opens 80 and 443 only', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    const calls = apply();
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
    system = new FakeSystem(WITH_PACKAGES);
    const calls = apply();
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

  toolTest('starts data stores and roles before the applications', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    const calls = apply();
    const order = [
      /^docker compose up --detach --wait .* postgres redis$/,
      /^docker exec .* psql/,
      /^docker compose up --detach --remove-orphans/,
    ];
    const places = order.map((pattern) => calls.findIndex((call) => pattern.test(call)));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

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
    system = new FakeSystem(MANAGED);
    const calls = apply();
    expect(calls).toContain('aws ecr get-login-password --region us-east-1');
    expect(calls).toContain('docker login --username AWS --password-stdin 1.dkr.ecr.us-east-1.amazonaws.com');
    expect(calls).toContain('docker login --username registry --password-stdin registry.example');
    expect(system.root.read('/login')).toBe('password-of-registry');
    expect(Object.keys(system.snapshot()).filter((path) => path.includes('docker/config'))).toEqual([]);
  });
});

describe('after a first run', () => {
  toolTest('another image is pulled and its containers replaced; nothing else happens', TOOLS, () => {
    settled(WITH_CONTAINERS);
    system.aws.parameter('/shop/mvp/images/backend', '1.dkr.ecr.us-east-1.amazonaws.com/shop/backend:2');
    expect(apply().filter((call) => call.startsWith('docker') && !call.startsWith('docker login'))).toEqual([
      'docker pull --quiet 1.dkr.ecr.us-east-1.amazonaws.com/shop/backend:2',
      'docker image prune --all --force --filter until=72h',
      'docker compose up --detach --remove-orphans --quiet-pull',
    ]);
    expect(system.root.read('/opt/shop/.env')).toContain('IMAGE_BACKEND=1.dkr.ecr.us-east-1.amazonaws.com/shop/backend:2\n');
  });

  toolTest('a rotated secret replaces the containers that hold it', TOOLS, () => {
    settled(WITH_CONTAINERS);
    system.aws.secret('jwt', 'another');
    expect(apply()).toEqual(['docker compose up --detach --remove-orphans --quiet-pull']);
  });

  toolTest('a rotated password is also set in PostgreSQL', TOOLS, () => {
    settled(WITH_CONTAINERS);
    system.aws.secret('app', JSON.stringify({ username: 'app', password: 'rotated', url: 'postgresql://app:rotated' }));
    const calls = apply();
    expect(calls.some((call) => /^docker exec .*--env ROLE_APP_PASSWORD/.test(call))).toBe(true);
    expect(calls.at(-1)).toBe('docker compose up --detach --remove-orphans --quiet-pull');
  });

  toolTest('another site reloads nginx and requests a certificate, and leaves containers alone', TOOLS, () => {
    settled(WITH_CONTAINERS);
    system.install(WITH_ANOTHER_SITE);
    const calls = apply();
    expect(calls).toContain('systemctl reload-or-restart nginx');
    expect(calls.some((call) => /^certbot certonly .*--domain new\.example /.test(call))).toBe(true);
    expect(calls.filter((call) => call.startsWith('docker'))).toEqual([]);
  });

  toolTest('a variable replaces containers, without packages, firewall or proxy', TOOLS, () => {
    settled(WITH_CONTAINERS);
    system.install(WITH_ANOTHER_VARIABLE);
    expect(apply()).toEqual(['docker compose up --detach --remove-orphans --quiet-pull']);
  });
});

describe('fails, and starts nothing new', () => {
  const refused = (): string => {
    const result = system.root.command('apply');
    expect({ said: said(result), status: result.status }).not.toMatchObject({ status: 0 });
    return said(result);
  };

  toolTest('while the data volume is not mounted', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.root.write('/unmounted', '');
    expect(refused()).toContain('not mounted');
    expect(changes(system.takeCalls())).toEqual([]);
  });

  toolTest('while a secret has no value, naming it and never showing one', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.aws.secret('app', '{"username":"app","password":"hunter2"}');
    const message = refused();
    expect(message).toContain(
      'the secret arn:aws:secretsmanager:us-east-1:1:secret:app has no usable value for DATABASE_URL (key url)',
    );
    system.aws.secret('app', 'hunter2 is no JSON');
    expect(`${message}${refused()}`).not.toContain('hunter2');
    expect(system.takeCalls().filter((call) => call.startsWith('docker compose up'))).toEqual([]);
  });

  toolTest('when nginx rejects its configuration, which is then not applied', TOOLS, () => {
    settled(WITH_CONTAINERS);
    system.root.write('/nginx-is-wrong', '');
    system.install(WITH_ANOTHER_SITE);
    refused();
    expect(changes(system.takeCalls()).filter((call) => call.startsWith('systemctl'))).toEqual([]);
    system.root.removeFile('/nginx-is-wrong');
    expect(apply()).toContain('systemctl reload-or-restart nginx');
  });

  toolTest('when the files on the volume are of another version of PostgreSQL', TOOLS, () => {
    system = new FakeSystem(WITH_PACKAGES);
    system.root.write('/data/postgres/PG_VERSION', '14\n');
    expect(refused()).toContain('the data volume holds PostgreSQL 14, not 15');
  });

  toolTest('but not without a certificate or the agent', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    system.root.shim('certbot', 'exit 1');
    system.root.write('/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl', '#!/bin/bash\nexit 1\n', 0o755);
    apply();
    // It is tried again, the certificate not before an hour has gone.
    system.root.shim('certbot', 'echo certbot >> "$HOST_ROOT/calls"');
    system.root.write(
      '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl',
      '#!/bin/bash\necho agent >> "$HOST_ROOT/calls"\n',
      0o755,
    );
    expect(apply()).toEqual(['agent']);
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
    expect(calls).toContain('docker compose up --detach --remove-orphans --quiet-pull');
    expect(system.root.read('/opt/shop/backend.env')).toBe("PORT='9000'\n");
  });

  toolTest('removes what is gone, and stops its units first', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    upload(WITH_CONTAINERS);
    pull();
    upload({ ...WITH_CONTAINERS, containers: WITH_CONTAINERS.containers.filter((container) => container !== REPORT) });
    expect(pull()).toContain('systemctl disable --now terrace-job-report.timer');
    expect(system.root.has('/etc/systemd/system/terrace-job-report.timer')).toBe(false);
    expect(system.root.has('/etc/systemd/system/terrace-job-migrate.service')).toBe(true);
  });

  toolTest('changes nothing when the object is invalid or S3 is unavailable', TOOLS, () => {
    system = new FakeSystem(WITH_CONTAINERS);
    upload(WITH_CONTAINERS);
    pull();
    const before = system.snapshot();
    for (const broken of ['{ "files": [', '{ "files": [] }', '{}']) {
      system.aws.object(...KEY, broken);
      expect(system.root.command('pull').status).not.toBe(0);
    }
    system.aws.down = true;
    expect(system.root.command('pull').status).not.toBe(0);
    system.root.removeFile('/aws-is-down');
    expect(system.snapshot()).toEqual(before);
  });
});
