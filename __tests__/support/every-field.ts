/** Descriptions that together write every free text of the schema, on every tier. */
import { boxed, boxSection } from './boxed';
import { example } from './example';
import { previewed } from './previewed';
import { rich, type Json } from './rich';
import { LOCAL } from './shop';

/** The value of each text that means nothing. */
export const TEXT = 'text';

const store = {
  name: 'shop',
  region: 'eu-west-1',
  bucket: 'shop-terraform-state',
  lockTable: 'shop-locks',
  github: { owner: 'acme', repository: 'shop-infrastructure', planEnvironments: ['plan'] },
};

/** Texts of everything that runs in a container. */
const container = {
  command: [TEXT],
  entryPoint: [TEXT],
  logStreamPrefix: TEXT,
  permissions: [
    { secretPath: TEXT, access: 'read' },
    { actions: ['ses:SendEmail'], resources: ['arn:aws:ses:eu-west-1:123456789012:identity/shop'] },
  ],
};

/** Sections that every tier has. */
function everywhere(base: Json): Json {
  const environment: Json = rich(base);
  environment.tags = { team: TEXT };
  environment.secrets.jwt.keys = ['signing-key'];
  delete environment.secrets.jwt.readers;
  environment.secrets.stripe.name = 'text/stripe';
  environment.secrets.stripe.rotation = { afterDays: 30, functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:rotate' };
  environment.images.api = { initialImage: 'public.ecr.aws/nginx/nginx:1.29' };
  environment.services.api.health.command = TEXT;
  environment.acknowledge = { 'github-names': { 'backend.store.github': 'a reason of ten letters' } };
  const login = { PLAIN: TEXT, LOGIN: { databaseRole: 'app', key: 'username' }, JWT: { secret: 'jwt', key: 'signing-key' } };
  Object.assign(environment.services.api, container, { logGroup: '/shop/api' });
  Object.assign(environment.workers.runner, container, { logGroup: '/shop/runner', environment: login });
  Object.assign(environment.jobs.sync, container, { logGroup: '/shop/sync', environment: login });
  Object.assign(environment.services.api.environment, {
    PLAIN: TEXT,
    JWT: { secret: 'jwt', key: 'signing-key' },
    PINNED: { from: 'service.pinned.url' },
  });
  environment.services.api.sidecars = {
    proxy: {
      image: { pinned: 'docker.io/envoyproxy/envoy:v1.35.0' },
      vcpu: 0.1,
      memoryMib: 128,
      command: [TEXT],
      entryPoint: [TEXT],
      environment: { PLAIN: TEXT, JWT: { secret: 'jwt', key: 'signing-key' } },
      health: { command: TEXT },
    },
  };
  environment.workers.runner.sidecars = structuredClone(environment.services.api.sidecars);
  environment.services.api.egress = [{ endpoint: 'email-smtp', port: 587 }];
  Object.assign(environment.network, { interfaceEndpoints: ['email-smtp'], egress: [{ cidr: '203.0.113.0/24', port: 22 }] });
  environment.services.pinned = {
    image: { pinned: 'public.ecr.aws/nginx/nginx:1.29' },
    port: 9000,
    vcpu: 0.25,
    memoryMib: 512,
    replicas: { min: 1, max: 1 },
    health: { path: '/health' },
    routes: [{ priority: 20, paths: ['/pinned/*'] }],
    callers: ['api'],
  };
  environment.database.roles.app.secretName = 'text/app';
  const github = { ...store.github, applyEnvironments: [environment.name] };
  environment.backend = { kind: 's3', store: { ...store, github } };
  return environment;
}

function fargate(): Json {
  const environment = everywhere(example());
  Object.assign(environment.database, {
    parameters: { 'text.search': TEXT },
    credentials: { kind: 'rotated-secret', rotateAfterDays: 30, secretName: 'text/master' },
  });
  environment.buckets.sources = {
    cors: [{ origins: ['https://shop.example'], methods: ['PUT'], headers: ['x-text'], exposedHeaders: ['x-text'] }],
    notifications: [{ queue: 'work', prefix: TEXT, suffix: TEXT }],
  };
  environment.builders = {
    web: {
      source: { kind: 'github', url: 'https://github.com/acme/shop' },
      images: ['api'],
      buildspec: { kind: 'source', path: TEXT },
      environment: { PLAIN: TEXT },
      permissions: container.permissions,
    },
    archive: {
      source: { kind: 'bucket', bucket: 'sources', path: 'shop/' },
      images: ['api'],
      buildspec: { kind: 'inline', text: 'version: 0.2\nphases: { build: { commands: [make] } }' },
    },
  };
  environment.email = { domain: 'shop.example', mailFrom: TEXT, dmarc: { policy: 'none', reports: 'dmarc@shop.example' } };
  environment.jobs.sync.permissions = [{ emailFrom: ['orders@shop.example'] }];
  environment.observability.tracing = 'xray';
  environment.observability.applicationMetrics = { orders: { name: 'orders', title: TEXT, alarmAbove: 10 } };
  environment.edge = {
    waf: {
      rules: {
        common: { kind: 'managed', priority: 10, group: 'AWSManagedRulesCommonRuleSet', countOnly: ['NoUserAgent_HEADER'] },
        abroad: { kind: 'countries', priority: 20, codes: ['KP'] },
      },
    },
    healthChecks: { api: { host: 'shop.example', path: '/health' } },
  };
  return environment;
}

function amplify(): Json {
  const environment = example({ name: 'shop-amplify' }) as Json;
  environment.domain.edgeCertificate = true;
  environment.secrets = { jwt: { description: TEXT, keys: ['signing-key'] } };
  environment.observability.tracing = {
    endpoint: 'https://otlp.example.net',
    headers: { authorization: { secret: 'jwt', key: 'signing-key' } },
  };
  environment.edge = { cdn: { servicePaths: ['/api/*'], contentSecurityPolicy: TEXT } };
  environment.frontends = {
    web: {
      kind: 'amplify',
      repository: 'https://github.com/acme/shop-web',
      branch: 'main',
      buildSpec: TEXT,
      environment: { PLAIN: TEXT },
    },
  };
  environment.backend = { kind: 'cloud', hostname: 'app.terraform.io', organization: 'acme', project: 'shop-project' };
  return environment;
}

function pages(): Json {
  const environment = example({ name: 'shop-pages' }) as Json;
  Object.assign(environment.domain, {
    provider: 'cloudflare',
    zoneSource: 'create',
    cloudflareAccountId: 'a'.repeat(32),
    certificateAuthorities: ['amazon.com', 'letsencrypt.org'],
  });
  environment.services.api.routes = [{ priority: 10, paths: ['/api/*'] }];
  environment.edge = {
    cloudflare: { plan: 'pro', origin: 'cloudflare', customRules: { bots: { expression: TEXT, action: 'block' } } },
  };
  environment.frontends = {
    web: {
      kind: 'cloudflare-pages',
      project: 'shop-web',
      repository: { owner: 'acme', name: 'shop' },
      branch: TEXT,
      buildCommand: TEXT,
      output: TEXT,
      rootDirectory: TEXT,
      domains: ['www.shop.example'],
      environment: { PLAIN: TEXT },
    },
  };
  return environment;
}

function kubernetes(): Json {
  const environment = everywhere(example({ name: 'shop-scale', tier: 'kubernetes' }));
  delete environment.services.api.mounts;
  delete environment.fileSystems;
  for (const one of [environment.services.api, environment.workers.runner, environment.jobs.sync]) {
    delete one.logGroup;
    delete one.logStreamPrefix;
  }
  environment.workers.runner.metrics = { path: '/metrics', port: 9090 };
  for (const section of ['services', 'workers', 'jobs'])
    for (const one of Object.values<Json>(environment[section])) one.user = '1000:1000';
  environment.kubernetes = {
    monitoring: 'prometheus',
    administrators: ['arn:aws:iam::123456789012:role/administrators'],
    viewers: ['arn:aws:iam::123456789012:role/viewers'],
    planners: ['arn:aws:iam::123456789012:role/planners'],
  };
  environment.workers.lister = {
    ...structuredClone(environment.workers.runner),
    environment: { REDIS_URL: { from: 'cache.url' } },
    scaling: { redisList: TEXT },
  };
  environment.services.api.metrics = { path: '/metrics', port: 9090 };
  environment.logs = { group: '/shop/scale' };
  return environment;
}

function box(): Json {
  const environment = boxed({ name: 'shop-box' }) as Json;
  environment.tags = { team: TEXT };
  environment.secrets = {
    registry: { description: TEXT, keys: ['username', 'password'] },
    jwt: { description: TEXT, keys: ['signing-key'] },
  };
  environment.box = boxSection({ keyPair: TEXT, registries: [{ server: 'registry.example', secret: 'registry' }] });
  environment.images.api = { initialImage: 'public.ecr.aws/nginx/nginx:1.29' };
  Object.assign(environment.services.api.environment, { PLAIN: TEXT, JWT: { secret: 'jwt', key: 'signing-key' } });
  Object.assign(environment.services.api, container);
  delete environment.services.api.logStreamPrefix;
  environment.services.api.health.command = TEXT;
  environment.jobs = {
    sync: { image: { pinned: 'public.ecr.aws/nginx/nginx:1.29' }, vcpu: 0.25, memoryMib: 256, command: [TEXT] },
  };
  environment.database.roles = { app: { secretName: 'text/app' } };
  return environment;
}

function sharedZone(): Json {
  const environment = example({ name: 'shop-shared' }) as Json;
  environment.domain = {
    kind: 'shared',
    names: ['shop.example'],
    zone: {
      zone: 'shop.example',
      provider: 'cloudflare',
      cloudflareAccountId: 'a'.repeat(32),
      zoneSource: 'create',
      servedBy: 'shop-shared',
      tags: { team: TEXT },
      cloudflare: { plan: 'pro', customRules: { bots: { expression: TEXT, action: 'block' } } },
    },
  };
  environment.edge = { cloudflare: { zoneRules: 'shared' } };
  return environment;
}

/** By name; each is accepted by the schema and the rules. */
export const EVERY_FIELD: Readonly<Record<string, Json>> = {
  fargate: fargate(),
  amplify: amplify(),
  pages: pages(),
  kubernetes: kubernetes(),
  box: box(),
  sharedZone: sharedZone(),
  previews: previewed((e) => (e.secrets.jwt.value = 'manual')),
};

/** The same for an environment on a developer's machine. */
export const EVERY_EMULATED_FIELD: Json = {
  ...LOCAL,
  tags: { team: TEXT },
  secrets: { jwt: { description: TEXT, name: TEXT, keys: ['signing-key'] } },
};
