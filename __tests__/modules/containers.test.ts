/** Variables and permissions of containers, before a tier uses them. */
import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../src/config';
import type { Permission } from '../../src/config/resolved/environment';
import { dataAccess, databaseRoles } from '../../src/modules/containers/data-access';
import {
  containerStatements,
  permissionStatements,
  type PermissionContext,
} from '../../src/modules/containers/permission-statements';
import { rotatedSources } from '../../src/modules/containers/rotation';
import { environmentFacts, plainVariables, referenceValue, secretVariables } from '../../src/modules/containers/variable-values';
import { example } from '../support/example';
import { dataHandover, KEY_ARN } from '../support/handovers';

const api = (example().services as NonNullable<EnvironmentInput['services']>).api as NonNullable<
  EnvironmentInput['services']
>[string];

/** The example with everything that a container can refer to. */
function rich(changes: Partial<EnvironmentInput> = {}): ResolvedEnvironment {
  return parseEnvironment(
    example({
      buckets: { uploads: { encryption: 'kms' }, reports: {} },
      queues: { work: {} },
      secrets: { jwt: { description: 'tokens', keys: ['signing-key'], readers: ['api'] } },
      fileSystems: { files: { accessPoints: { shared: { path: '/shared' }, mine: { path: '/mine' } } } },
      ...changes,
    }),
  );
}

function contextOf(environment: ResolvedEnvironment, keyArn?: string): PermissionContext {
  return {
    region: 'eu-west-1',
    accountId: '123456789012',
    secretPath: '/shop/test',
    data: environment.data,
    handover: { ...dataHandover(environment), keyArn },
  };
}

const permit = (permission: Permission, keyArn?: string) => permissionStatements([permission], contextOf(rich(), keyArn));

describe('the permission to send e-mail', () => {
  const sender = rich({ email: { domain: 'shop.example', dmarc: 'existing' } });
  const statements = permissionStatements([{ emailFrom: ['orders@shop.example'] }], contextOf(sender));

  test('is for the identity and the settings of the environment, and for these addresses only', () => {
    expect(statements).toEqual([
      {
        actions: ['ses:SendEmail', 'ses:SendRawEmail'],
        resources: [
          'arn:aws:ses:eu-west-1:123456789012:identity/shop.example',
          'arn:aws:ses:eu-west-1:123456789012:configuration-set/shop-test',
        ],
        conditions: { StringEquals: { 'ses:FromAddress': ['orders@shop.example'] } },
      },
    ]);
  });

  test('is not there without the domain, which the rules refuse', () => {
    expect(() => permit({ emailFrom: ['orders@shop.example'] })).toThrow(/the domain of e-mail/);
  });
});

describe('variables', () => {
  const environment = rich();
  const handover = dataHandover(environment);
  const facts = environmentFacts(environment.identity, environment.data, handover, {});

  test.each([
    ['database.host', 'database.internal'],
    ['database.port', '5432'],
    ['database.name', 'shop'],
    ['cache.host', 'cache.internal'],
    ['cache.port', '6379'],
    ['cache.url', 'rediss://cache.internal:6379'],
    ['bucket.reports.name', 'shop-test-reports'],
    ['queue.work.url', 'https://sqs/work'],
    ['region', 'eu-west-1'],
    ['environment.name', 'shop-test'],
  ] as const)('%s is worth %s', (reference, value) => {
    expect(referenceValue(reference, facts)).toBe(value);
  });

  test('a replica is named by its key', () => {
    const database = { ...facts.database, host: 'a', port: 1, name: 'b', replicaHosts: { reports: 'reports.internal' } };
    expect(referenceValue('database.replicas.reports.host', { ...facts, database })).toBe('reports.internal');
  });

  test('a reference to what is not there is an error that names it', () => {
    expect(() => referenceValue('bucket.nowhere.name', facts)).toThrow('bucket.nowhere.name');
    expect(() => referenceValue('cache.url', { ...facts, cache: undefined })).toThrow('cache.url');
  });

  test('literals and facts come sorted, and secrets are not among them', () => {
    const variables = {
      plain: { ZONE: 'z' },
      references: { DATABASE_HOST: 'database.host' as const },
      secrets: { PASSWORD: { kind: 'secret' as const, secret: 'jwt' } },
    };
    expect(Object.entries(plainVariables(variables, facts))).toEqual([
      ['DATABASE_HOST', 'database.internal'],
      ['ZONE', 'z'],
    ]);
  });

  test('what a person wrote stays as it is next to references', () => {
    const variables = {
      plain: { FORMAT: '${x} %{http_code} $HOME 5%' },
      references: { HOST: 'database.host' as const },
      secrets: {},
    };
    const reading = { ...facts, database: facts.database && { ...facts.database, host: '${data.host}' } };
    expect(plainVariables(variables, reading)).toEqual({ FORMAT: '${x} %{http_code} $HOME 5%', HOST: '${data.host}' });
  });

  test('a secret is its ARN and its JSON key', () => {
    const variables = {
      plain: {},
      references: {},
      secrets: {
        TOKEN: { kind: 'secret' as const, secret: 'jwt', key: 'signing-key' },
        LOGIN: { kind: 'database-role' as const, role: 'app', key: 'password' as const },
        MASTER: { kind: 'database-master' as const, key: 'username' as const },
      },
    };
    expect(secretVariables(variables, handover)).toEqual([
      { name: 'LOGIN', arn: 'arn:secret:role-app', key: 'password' },
      { name: 'MASTER', arn: 'arn:secret:master', key: 'username' },
      { name: 'TOKEN', arn: 'arn:secret:jwt', key: 'signing-key' },
    ]);
    const unknown = { ...variables, secrets: { X: { kind: 'secret' as const, secret: 'gone' } } };
    expect(() => secretVariables(unknown, handover)).toThrow('"gone"');
  });
});

describe('data access', () => {
  const none = { plain: {}, references: {}, secrets: {} };

  test('a login alone is use of the database, a declared secret is not', () => {
    const login = { ...none, secrets: { P: { kind: 'database-role' as const, role: 'app', key: 'url' as const } } };
    const secret = { ...none, secrets: { P: { kind: 'secret' as const, secret: 'jwt' } } };
    expect(dataAccess({ variables: login, mounts: [], sidecars: [] })).toEqual({
      database: true,
      cache: false,
      fileSystems: false,
    });
    expect(dataAccess({ variables: secret, mounts: [], sidecars: [] })).toEqual({
      database: false,
      cache: false,
      fileSystems: false,
    });
    expect(databaseRoles(login)).toEqual(['app']);
  });

  test('a reference or a mount is use', () => {
    expect(dataAccess({ variables: { ...none, references: { U: 'cache.url' } }, mounts: [], sidecars: [] }).cache).toBe(true);
    expect(
      dataAccess({ variables: { ...none, references: { U: 'database.replicas.r.host' } }, mounts: [], sidecars: [] }).database,
    ).toBe(true);
    expect(dataAccess({ variables: { ...none, references: { U: 'bucket.b.name' } }, mounts: [], sidecars: [] })).toEqual(
      dataAccess({ variables: none, mounts: [], sidecars: [] }),
    );
    const mounts = [{ fileSystem: 'files', accessPoint: 'shared', path: '/data', readOnly: false }];
    expect(dataAccess({ variables: none, mounts, sidecars: [] }).fileSystems).toBe(true);
  });
});

describe('permissions', () => {
  test('reading a bucket does not write it', () => {
    const actions = permit({ bucket: 'reports', access: 'read' }).flatMap((statement) => statement.actions);
    expect(actions).toEqual(['s3:GetObject', 's3:ListBucket', 's3:GetBucketLocation']);
  });

  test('objects and bucket are distinguished, and no other bucket is named', () => {
    const [objects, bucket] = permit({ bucket: 'reports', access: 'read-write' });
    expect(objects).toMatchObject({ resources: ['arn:aws:s3:::shop-test-reports/*'] });
    expect(objects?.actions).toEqual(expect.arrayContaining(['s3:GetObject', 's3:PutObject', 's3:DeleteObject']));
    expect(bucket).toMatchObject({ resources: ['arn:aws:s3:::shop-test-reports'] });
  });

  test('the key comes only with what it encrypts, through that service only', () => {
    expect(permit({ bucket: 'uploads', access: 'write' }, KEY_ARN)).toContainEqual({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [KEY_ARN],
      conditions: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    });
    expect(JSON.stringify(permit({ bucket: 'reports', access: 'write' }, KEY_ARN))).not.toContain('kms:');
    expect(JSON.stringify(permit({ bucket: 'uploads', access: 'write' }))).not.toContain('kms:');
  });

  test('a sender cannot receive, a consumer cannot send', () => {
    expect(permit({ queue: 'work', access: 'send' })).toMatchObject([{ resources: ['arn:queue:work'] }]);
    expect(JSON.stringify(permit({ queue: 'work', access: 'send' }))).not.toContain('ReceiveMessage');
    expect(JSON.stringify(permit({ queue: 'work', access: 'consume' }))).not.toContain('SendMessage');
  });

  test('a secret path is below that of the environment, and reading does not write', () => {
    const [users] = permit({ secretPath: 'users/*', access: 'read' });
    expect(users?.resources).toEqual(['arn:aws:secretsmanager:eu-west-1:123456789012:secret:/shop/test/users/*']);
    expect(users?.actions).not.toContain('secretsmanager:CreateSecret');
    const [one] = permit({ secretPath: '/shared/token', access: 'read-write' });
    expect(one?.resources).toEqual(['arn:aws:secretsmanager:eu-west-1:123456789012:secret:/shared/token-??????']);
    expect(one?.actions).toContain('secretsmanager:CreateSecret');
  });

  test('actions and resources stay as written', () => {
    expect(permit({ actions: ['ses:SendEmail'], resources: ['arn:aws:ses:eu-west-1:1:identity/${aws:username}'] })).toEqual([
      { actions: ['ses:SendEmail'], resources: ['arn:aws:ses:eu-west-1:1:identity/${aws:username}'] },
    ]);
  });

  test('an undeclared bucket is an error that names it', () => {
    expect(() => permit({ bucket: 'gone', access: 'read' })).toThrow('"gone"');
  });

  test('a mount is allowed through its own access point, writing only where asked', () => {
    const mounts = [
      { fileSystem: 'files', accessPoint: 'shared', path: '/shared', readOnly: true },
      { fileSystem: 'files', accessPoint: 'mine', path: '/mine' },
    ];
    const environment = rich({ services: { api: { ...api, mounts } } });
    const [service] = environment.workloads.services;
    const statements = containerStatements(service as never, contextOf(environment)).filter(({ actions }) =>
      actions[0]?.startsWith('elasticfilesystem'),
    );
    expect(statements).toEqual([
      {
        actions: ['elasticfilesystem:ClientMount'],
        resources: ['arn:file-system:files'],
        conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': 'arn:access-point:shared' } },
      },
      {
        actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
        resources: ['arn:file-system:files'],
        conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': 'arn:access-point:mine' } },
      },
    ]);
  });

  test('only the readers of a secret may read it at run time', () => {
    const environment = rich({ jobs: { sweep: { image: 'api', vcpu: 0.25, memoryMib: 512 } } });
    const statementsOf = (key: string) => {
      const container = [...environment.workloads.services, ...environment.workloads.jobs].find(
        (candidate) => candidate.key === key,
      );
      return JSON.stringify(containerStatements(container as never, contextOf(environment)));
    };
    expect(statementsOf('api')).toContain('arn:secret:jwt');
    expect(statementsOf('sweep')).not.toContain('arn:secret:jwt');
  });

  test('a role with login "iam" is logged in to by token by the containers that read its user name, and by no others', () => {
    const database = {
      placement: 'managed' as const,
      version: '16' as const,
      name: 'shop',
      instanceClass: 'db.t4g.micro',
      iamAuthentication: true,
      roles: { app: {}, reports: { login: 'iam' as const } },
    };
    const services = (environment: object) => ({ api: { ...api, environment } as typeof api });
    const reading = rich({ database, services: services({ REPORTS_USER: { databaseRole: 'reports', key: 'username' } }) });
    const [service] = reading.workloads.services;
    expect(containerStatements(service as never, contextOf(reading))).toContainEqual({
      actions: ['rds-db:connect'],
      resources: ['arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-RESOURCE/reports'],
    });
    const facts = environmentFacts(reading.identity, reading.data, dataHandover(reading), {});
    expect(plainVariables(service!.variables, facts)).toMatchObject({ REPORTS_USER: 'reports' });
    expect(service!.variables.secrets).toEqual({});
    expect(dataAccess(service!).database).toBe(true);

    const password = rich({ database, services: services({ P: { databaseRole: 'app', key: 'password' } }) });
    for (const each of [...password.workloads.services, ...password.workloads.jobs])
      expect(JSON.stringify(containerStatements(each, contextOf(password)))).not.toContain('rds-db:connect');
  });
});

describe('rotation', () => {
  const variables = {
    plain: {},
    references: {},
    secrets: { P: { kind: 'database-role' as const, role: 'app', key: 'password' as const } },
  };
  const secrets = rich().data.secrets;
  const database = rich().data.database;

  test('a role that rotates concerns the containers that hold its login', () => {
    const rotating = database && { ...database, roles: database.roles.map((role) => ({ ...role, rotateAfterDays: 90 })) };
    expect(rotatedSources({ variables, sidecars: [] }, { database: rotating, secrets })).toEqual([variables.secrets.P]);
  });

  test('a role that does not rotate concerns no container', () => {
    expect(rotatedSources({ variables, sidecars: [] }, { database, secrets })).toEqual([]);
  });
});
