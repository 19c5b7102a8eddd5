/** A small, valid environment that tests change one thing of. */
import { defineEnvironment, type EnvironmentInput } from '../../src/config';

type OwnDomain = Extract<NonNullable<EnvironmentInput['domain']>, { readonly zone: string }>;

/** An environment whose zone is its own. */
export type Example = EnvironmentInput & { domain?: OwnDomain };

/** The example with some sections replaced; a test that gives it a shared zone reads its own `domain`. */
export function example(changes: Partial<EnvironmentInput> = {}): Example {
  const environment = defineEnvironment({
    system: 'shop',
    name: 'shop-test',
    region: 'eu-west-1',
    account: '123456789012',
    tier: 'fargate',
    protect: false,
    backend: { kind: 'local' },
    network: { cidr: '10.0.0.0/16', zones: 2, nat: 'single' },
    domain: { zone: 'shop.example', provider: 'route53', names: ['shop.example'] },
    database: { placement: 'managed', version: '16', name: 'shop', instanceClass: 'db.t4g.micro' },
    cache: { placement: 'managed', nodeType: 'cache.t4g.micro' },
    observability: { notifications: { emails: ['ops@shop.example'] } },
    images: { api: {} },
    services: {
      api: {
        image: 'api',
        port: 8080,
        vcpu: 0.5,
        memoryMib: 1024,
        replicas: { min: 1, max: 2 },
        health: { path: '/health' },
        routes: [{ priority: 10, paths: ['/api/*'] }, {}],
        scaling: { cpuPercent: 70 },
        environment: {
          DATABASE_HOST: { from: 'database.host' },
          DATABASE_PASSWORD: { databaseRole: 'app', key: 'password' },
        },
      },
    },
    ...changes,
  });
  return environment as Example;
}

/** An environment whose role `app` rotates: its containers read the user name with the password. */
export function rotatingLogin<E extends Partial<EnvironmentInput>>(environment: E): E {
  const rotating = structuredClone(environment) as any;
  rotating.database.credentials = { kind: 'rotated-secret', rotateAfterDays: 90 };
  rotating.database.roles = { app: { rotateAfterDays: 90 } };
  rotating.services ??= structuredClone(example().services);
  for (const { environment: variables } of Object.values<any>(rotating.services))
    if (variables?.DATABASE_PASSWORD) variables.DATABASE_USER = { databaseRole: 'app', key: 'username' };
  return rotating as E;
}
