import 'cdktf/lib/testing/adapters/jest';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { TerraformOutput } from 'cdktf';
import type { ManagedDatabase } from '../../src/config/resolved/environment';
import { Database, HostDatabase, type DatabaseProps } from '../../src/modules/database/database';
import { databaseParameters } from '../../src/modules/database/parameters';
import type { DatabaseHandover } from '../../src/contracts/handovers';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../support/synth';

const ACCOUNT = '123456789012';
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/one`;

const plain: ManagedDatabase = {
  placement: 'managed',
  version: '16',
  name: 'shop',
  identifier: 'shop-test',
  instanceClass: 'db.t4g.micro',
  storageGb: 100,
  multiAz: false,
  applyImmediately: true,
  backupRetentionDays: 7,
  backupWindow: '01:00-02:00',
  maintenanceWindow: 'sun:03:00-sun:04:00',
  autoMinorVersionUpgrade: true,
  iamAuthentication: false,
  enhancedMonitoringSeconds: 0,
  performanceInsights: true,
  slowStatementMilliseconds: 1000,
  parameters: {},
  credentials: { kind: 'rds-managed', rotateAfterDays: 7 },
  roles: [{ name: 'app', privileges: 'owner', secretName: '/shop/test/database/app', holdsUrl: false }],
  replicas: [],
};
const ROTATED = { kind: 'rotated-secret', rotateAfterDays: 90, secretName: '/shop/test/database/master' } as const;

const NEAR = { key: 'near', name: 'shop-test-near', region: 'eu-west-1', instanceClass: 'db.t4g.small' } as const;
const FAR = { key: 'far', name: 'shop-test-far', region: 'us-east-1', instanceClass: 'db.t4g.medium' } as const;
const FAR_NETWORK = { 'us-east-1': { subnetIds: ['subnet-us-1', 'subnet-us-2'], securityGroupId: 'sg-us' } };

interface Made {
  readonly json: RootModule;
  readonly handover: DatabaseHandover;
  readonly resourceArn?: string;
}

/** The module alone in a stack. */
function make(database: Partial<ManagedDatabase> = {}, props: Partial<DatabaseProps> = {}): Made {
  let made: Database | undefined;
  const json = synthModule((stack) => {
    made = new Database(stack, 'database', {
      database: { ...plain, ...database },
      protect: false,
      environment: 'shop-test',
      region: 'eu-west-1',
      accountId: ACCOUNT,
      vpcId: 'vpc-1',
      isolatedSubnetIds: ['subnet-i1', 'subnet-i2'],
      privateSubnetIds: ['subnet-p1', 'subnet-p2'],
      securityGroupId: 'sg-database',
      replicaNetworks: FAR_NETWORK,
      ...props,
    });
    new TerraformOutput(stack, 'handover', { value: made.handover });
  });
  return { json, handover: json.output?.handover?.value as DatabaseHandover, resourceArn: made?.resourceArn };
}

/** The logins of a database on the box, alone in a stack. */
function makeOnHost(): Made {
  const json = synthModule((stack) => {
    const roles = [{ ...plain.roles[0]!, holdsUrl: true }];
    const database = { placement: 'host', version: '16', name: 'shop', roles, hostName: 'postgres' } as const;
    new TerraformOutput(stack, 'handover', { value: new HostDatabase(stack, 'database', { database, protect: false }).handover });
  });
  return { json, handover: json.output?.handover?.value as DatabaseHandover };
}

const resource = ({ json }: Made, address: string) => {
  const [type, name] = address.split('.') as [string, string];
  return json.resource?.[type]?.[name];
};
const primary = (made: Made) => resource(made, 'aws_db_instance.database_primary');
const farReplica = (made: Made) => resource(made, 'aws_db_instance.database_replica-far_instance');
const nearReplica = (made: Made) => resource(made, 'aws_db_instance.database_replica-near_instance');
/** The JSON of a login, with its references in place. */
const login = (made: Made, address: string) =>
  JSON.parse(resource(made, `aws_secretsmanager_secret_version.${address}`)?.secret_string_wo as string) as Record<
    string,
    unknown
  >;

describe('the instance', () => {
  const made = make();

  test('is private, encrypted, logged, and takes minor versions by itself', () => {
    expect(JSON.stringify(made.json)).toHaveResourceWithProperties(DbInstance, {
      identifier: 'shop-test',
      engine: 'postgres',
      engine_version: '16',
      storage_type: 'gp3',
      storage_encrypted: true,
      publicly_accessible: false,
      auto_minor_version_upgrade: true,
      copy_tags_to_snapshot: true,
      enabled_cloudwatch_logs_exports: ['postgresql', 'upgrade'],
      vpc_security_group_ids: ['sg-database'],
      backup_retention_period: 7,
      backup_window: '01:00-02:00',
      maintenance_window: 'sun:03:00-sun:04:00',
      ca_cert_identifier: 'rds-ca-rsa2048-g1',
    });
    expect(theOnly(made.json, 'aws_db_subnet_group').subnet_ids).toEqual(['subnet-i1', 'subnet-i2']);
  });

  test('has a subnet group that is named after the environment, at full length', () => {
    const environment = `shop-${'x'.repeat(60)}`;
    expect(theOnly(make({}, { environment }).json, 'aws_db_subnet_group').name).toBe(`${environment}-database`);
  });

  test('takes neither IOPS nor throughput on gp3, below 400 GB and above', () => {
    for (const storageGb of [100, 500]) {
      const instance = primary(make({ storageGb }));
      expect(instance?.allocated_storage).toBe(storageGb);
      expect(instance).not.toHaveProperty('iops');
      expect(instance).not.toHaveProperty('storage_throughput');
    }
  });

  test('has a standby and growing storage only where they are requested', () => {
    expect(primary(make({ multiAz: true, maxStorageGb: 500 }))).toMatchObject({ multi_az: true, max_allocated_storage: 500 });
    expect(primary(made)?.multi_az).toBe(false);
    expect(primary(made)).not.toHaveProperty('max_allocated_storage');
  });

  test('admits logins by IAM only where asked', () => {
    expect(primary(make({ iamAuthentication: true }))?.iam_database_authentication_enabled).toBe(true);
    expect(primary(made)?.iam_database_authentication_enabled).toBe(false);
  });

  test('keeps seven free days of query statistics, or none', () => {
    expect(primary(make({}, { keyArn: KEY }))).toMatchObject({
      performance_insights_enabled: true,
      performance_insights_retention_period: 7,
      performance_insights_kms_key_id: KEY,
    });
    const without = primary(make({ performanceInsights: false }, { keyArn: KEY }));
    expect(without?.performance_insights_enabled).toBe(false);
    expect(without).not.toHaveProperty('performance_insights_kms_key_id');
    expect(without).not.toHaveProperty('performance_insights_retention_period');
  });

  test('sends operating-system metrics with a role that only its own monitoring can assume, or has no such role', () => {
    const monitored = make({ enhancedMonitoringSeconds: 60 });
    expect(primary(monitored)).toMatchObject({
      monitoring_interval: 60,
      monitoring_role_arn: '${aws_iam_role.database_monitoring_role.arn}',
    });
    const trust = JSON.parse(theOnly(monitored.json, 'aws_iam_role').assume_role_policy as string).Statement[0];
    expect(trust.Condition.ArnLike).toEqual({ 'aws:SourceArn': [`arn:aws:rds:eu-west-1:${ACCOUNT}:db:shop-test`] });
    expect(theOnly(monitored.json, 'aws_iam_role_policy_attachment').policy_arn).toBe(
      'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
    );
    expect(resourcesOf(made.json, 'aws_iam_role')).toHaveLength(0);
    expect(primary(made)).not.toHaveProperty('monitoring_role_arn');
  });

  test('waits for its log groups, which expire', () => {
    const logged = make({}, { logRetentionDays: 30 });
    expect(resourcesOf(logged.json, 'aws_cloudwatch_log_group')).toEqual([
      expect.objectContaining({ name: '/aws/rds/instance/shop-test/postgresql', retention_in_days: 30 }),
      expect.objectContaining({ name: '/aws/rds/instance/shop-test/upgrade', retention_in_days: 30 }),
    ]);
    expect(primary(logged)?.depends_on).toHaveLength(2);
  });
});

describe('protection', () => {
  test('a protected database cannot be destroyed and leaves a snapshot', () => {
    const kept = make({ credentials: ROTATED, replicas: [NEAR], applyImmediately: false }, { protect: true, keyArn: KEY });
    expect(primary(kept)).toMatchObject({
      deletion_protection: true,
      skip_final_snapshot: false,
      final_snapshot_identifier: 'shop-test-final',
      delete_automated_backups: false,
      apply_immediately: false,
      kms_key_id: KEY,
      lifecycle: { prevent_destroy: true },
    });
    expect(nearReplica(kept)).toMatchObject({ deletion_protection: true, lifecycle: { prevent_destroy: true } });
    for (const secret of resourcesOf(kept.json, 'aws_secretsmanager_secret')) {
      expect(secret).toMatchObject({ recovery_window_in_days: 30, kms_key_id: KEY, lifecycle: { prevent_destroy: true } });
    }
  });

  test('an unprotected one can, without a trace', () => {
    const loose = make({ credentials: ROTATED });
    expect(primary(loose)).toMatchObject({
      deletion_protection: false,
      skip_final_snapshot: true,
      delete_automated_backups: true,
      apply_immediately: true,
    });
    expect(primary(loose)).not.toHaveProperty('lifecycle');
    expect(primary(loose)).not.toHaveProperty('final_snapshot_identifier');
    expect(primary(loose)).not.toHaveProperty('kms_key_id');
    for (const secret of resourcesOf(loose.json, 'aws_secretsmanager_secret')) {
      expect(secret.recovery_window_in_days).toBe(7);
      expect(secret).not.toHaveProperty('lifecycle');
    }
  });
});

describe('parameters', () => {
  const values = (parameters: Record<string, string> = {}) =>
    Object.fromEntries(
      databaseParameters({ slowStatementMilliseconds: 250, parameters }).map(({ name, ...rest }) => [name, rest]),
    );

  test('force TLS, whatever the environment says', () => {
    expect(values()['rds.force_ssl']).toEqual({ value: '1', applyMethod: 'immediate' });
    expect(values({ 'rds.force_ssl': '0' })['rds.force_ssl']?.value).toBe('1');
  });

  test('log connections and slow statements, and not every statement', () => {
    expect(values()).toMatchObject({
      log_connections: { value: '1' },
      log_disconnections: { value: '1' },
      log_min_duration_statement: { value: '250' },
    });
    expect(values()).not.toHaveProperty('log_statement');
  });

  test('that PostgreSQL reads at its start wait for a restart, others do not', () => {
    const mixed = values({ max_connections: '200', work_mem: '8192', log_lock_waits: '0' });
    expect(mixed.max_connections).toEqual({ value: '200', applyMethod: 'pending-reboot' });
    expect(mixed.work_mem).toEqual({ value: '8192', applyMethod: 'immediate' });
    expect(mixed.log_lock_waits?.value).toBe('0');
  });

  test.each(['io_method', 'autovacuum_worker_slots', 'notify_buffers'])(
    'of newer versions wait for a restart, too: %s',
    (name) => {
      expect(values({ [name]: '1' })[name]?.applyMethod).toBe('pending-reboot');
    },
  );

  test.each(['14', '15', '16', '17', '18'] as const)('of version %s are in a group of its family', (version) => {
    const made = make({ version });
    expect(theOnly(made.json, 'aws_db_parameter_group').family).toBe(`postgres${version}`);
    expect(primary(made)?.engine_version).toBe(version);
  });

  test('are in a group of the major version, whose successor is created before it is destroyed', () => {
    const { json } = make({ version: '17', parameters: { max_connections: '200' } });
    expect(JSON.stringify(json)).toHaveResourceWithProperties(DbParameterGroup, {
      family: 'postgres17',
      name_prefix: 'shop-test-',
      lifecycle: { create_before_destroy: true },
    });
    expect(theOnly(json, 'aws_db_parameter_group')).not.toHaveProperty('skip_destroy');
    expect(theOnly(json, 'aws_db_parameter_group').parameter).toContainEqual({
      name: 'max_connections',
      value: '200',
      apply_method: 'pending-reboot',
    });
  });
});

describe('a password that RDS manages', () => {
  const made = make({ credentials: { kind: 'rds-managed', rotateAfterDays: 14 } }, { keyArn: KEY });

  test('is no argument in any form', () => {
    expect(primary(made)).toMatchObject({ manage_master_user_password: true, master_user_secret_kms_key_id: KEY });
    for (const argument of ['password', 'password_wo', 'password_wo_version']) expect(primary(made)).not.toHaveProperty(argument);
    expect(made.json.ephemeral).not.toHaveProperty('aws_secretsmanager_secret_version');
    expect(Object.keys(made.json.ephemeral?.aws_secretsmanager_random_password ?? {})).toEqual(['database-role-app']);
  });

  test("rotates after the environment's number of days, by no function", () => {
    const rotation = theOnly(made.json, 'aws_secretsmanager_secret_rotation');
    expect(rotation).toMatchObject({
      secret_id: '${aws_db_instance.database_primary.master_user_secret[0].secret_arn}',
      rotation_rules: { automatically_after_days: 14 },
    });
    expect(rotation).not.toHaveProperty('rotation_lambda_arn');
    expect(resourcesOf(made.json, 'aws_serverlessapplicationrepository_cloudformation_stack')).toHaveLength(0);
    expect(resourcesOf(made.json, 'aws_security_group')).toHaveLength(0);
  });

  test("is published by the ARN of RDS's own secret", () => {
    expect(made.handover.masterSecretArn).toBe('${aws_db_instance.database_primary.master_user_secret[0].secret_arn}');
  });
});

describe('a master password in a secret of the environment', () => {
  const made = make({ credentials: ROTATED }, { keyArn: KEY });
  const READ_BACK = '${ephemeral.aws_secretsmanager_secret_version.database-master.secret_string}';

  test('is drawn once, written to the seed, and read back into both instance and login', () => {
    expect(resource(made, 'aws_secretsmanager_secret_version.database_master_seed-value')).toMatchObject({
      secret_string_wo: '${ephemeral.aws_secretsmanager_random_password.database-master.random_password}',
      secret_string_wo_version: 1,
    });
    expect(made.json.ephemeral?.aws_secretsmanager_secret_version?.['database-master']).toEqual({
      secret_id: '${aws_secretsmanager_secret_version.database_master_seed-value.secret_id}',
      // Unknown until the seed is written: only this makes the reading wait for the apply.
      version_id: '${aws_secretsmanager_secret_version.database_master_seed-value.version_id}',
    });
    expect(primary(made)).toMatchObject({ password_wo: READ_BACK, password_wo_version: 1 });
    expect(primary(made)).not.toHaveProperty('manage_master_user_password');
    expect(login(made, 'database_master_login_value')).toEqual({
      engine: 'postgres',
      host: '${aws_db_instance.database_primary.address}',
      port: 5432,
      dbname: 'shop',
      username: 'postgres',
      password: READ_BACK,
    });
  });

  test("rotates by the published function, at once and then after the environment's number of days", () => {
    expect(resource(made, 'aws_secretsmanager_secret_rotation.database_master_rotation')).toMatchObject({
      secret_id: '${aws_secretsmanager_secret.database_master_login_secret.arn}',
      rotation_lambda_arn: expect.stringContaining(
        'aws_serverlessapplicationrepository_cloudformation_stack.database_rotation_function.outputs["RotationLambdaARN"]',
      ),
      rotation_rules: { automatically_after_days: 90 },
      rotate_immediately: true,
      lifecycle: { replace_triggered_by: ['aws_secretsmanager_secret_version.database_master_login_value.id'] },
    });
  });

  test('is no difference when rotation moves labels, and is written again when the instance is replaced', () => {
    expect(resource(made, 'aws_secretsmanager_secret_version.database_master_login_value')).toMatchObject({
      version_stages: ['AWSCURRENT', 'INITIAL'],
      lifecycle: { ignore_changes: ['version_stages'], replace_triggered_by: ['aws_db_instance.database_primary.id'] },
    });
  });

  test('gets a function that reaches the database and Secrets Manager, and nothing else', () => {
    const [application] = resourcesOf(made.json, 'aws_serverlessapplicationrepository_cloudformation_stack');
    expect(application).toMatchObject({
      application_id: 'arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser',
      semantic_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_RESOURCE_POLICY'],
      parameters: {
        functionName: 'shop-test-database-rotation',
        endpoint: 'https://secretsmanager.eu-west-1.amazonaws.com',
        vpcSubnetIds: 'subnet-p1,subnet-p2',
        kmsKeyArn: KEY,
        excludeCharacters: expect.stringContaining('@'),
      },
    });
    const ports = (type: string) => resourcesOf(made.json, type).map(({ from_port, to_port }) => [from_port, to_port]);
    expect(ports('aws_vpc_security_group_egress_rule')).toEqual([
      [5432, 5432],
      [443, 443],
    ]);
    expect(resourcesOf(made.json, 'aws_vpc_security_group_ingress_rule')).toEqual([
      expect.objectContaining({
        security_group_id: 'sg-database',
        referenced_security_group_id: '${aws_security_group.database_rotation_access_group.id}',
        from_port: 5432,
      }),
    ]);
  });

  test('may use the endpoints of a VPC that has some', () => {
    const closed = make({ credentials: ROTATED }, { endpointSecurityGroupId: 'sg-endpoints' });
    expect(resourcesOf(closed.json, 'aws_vpc_security_group_ingress_rule')).toContainEqual(
      expect.objectContaining({ security_group_id: 'sg-endpoints', from_port: 443, to_port: 443 }),
    );
    expect(theOnly(closed.json, 'aws_serverlessapplicationrepository_cloudformation_stack').parameters).not.toHaveProperty(
      'kmsKeyArn',
    );
  });

  test('starts rotating only once the rules are there', () => {
    expect(resource(made, 'aws_secretsmanager_secret_rotation.database_master_rotation')?.depends_on).toEqual(
      expect.arrayContaining([
        'aws_vpc_security_group_egress_rule.database_rotation_database-out',
        'aws_vpc_security_group_ingress_rule.database_rotation_database-in',
      ]),
    );
  });
});

describe('logins of applications', () => {
  const roles: ManagedDatabase['roles'] = [
    { name: 'app', privileges: 'owner', secretName: 'shop/database', holdsUrl: true },
    {
      name: 'job_reader',
      privileges: 'read-only',
      secretName: '/shop/test/database/job_reader',
      holdsUrl: false,
      rotateAfterDays: 30,
    },
  ];
  const made = make({ roles, credentials: ROTATED });

  test('have a secret each, under the name the environment gives', () => {
    const names = resourcesOf(made.json, 'aws_secretsmanager_secret').map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['shop/database', '/shop/test/database/job_reader']));
    expect(made.handover.roleSecretArns).toEqual({
      app: '${aws_secretsmanager_secret.database_role-app_secret.arn}',
      job_reader: '${aws_secretsmanager_secret.database_role-job-reader_secret.arn}',
    });
  });

  test('hold a URL with TLS where one is read, and none otherwise', () => {
    expect(login(made, 'database_role-app_value').url).toBe(
      'postgresql://app:${ephemeral.aws_secretsmanager_random_password.database-role-app.random_password}' +
        '@${aws_db_instance.database_primary.address}:5432/shop?sslmode=require',
    );
    expect(login(made, 'database_role-job-reader_value')).not.toHaveProperty('url');
    expect(login(made, 'database_role-job-reader_value')).toMatchObject({
      username: 'job_reader',
      engine: 'postgres',
      dbname: 'shop',
    });
  });

  test('rotate where requested and never otherwise, in the maintenance window, not before database-init has created them', () => {
    const rotations = Object.entries(made.json.resource?.aws_secretsmanager_secret_rotation ?? {});
    const [[address, rotation] = []] = rotations.filter(([name]) => name.startsWith('database_role'));
    expect(address).toBe('database_role-job-reader_rotation');
    expect(rotation).toMatchObject({
      rotation_rules: { schedule_expression: 'cron(0 3 ? * 1 *)', duration: '1h' },
      rotate_immediately: false,
    });
    expect(rotations).toHaveLength(2);
  });

  test('rotate by the function for alternating users, which may read the login of the master and no other of its kind', () => {
    const encrypted = make({ roles, credentials: ROTATED }, { keyArn: KEY });
    const master = '${aws_secretsmanager_secret.database_master_login_secret.arn}';
    const alternating = (each: Made) =>
      resource(each, 'aws_serverlessapplicationrepository_cloudformation_stack.database_rotation_alternating-users');
    expect(alternating(encrypted)).toMatchObject({
      application_id: expect.stringMatching(/:applications\/SecretsManagerRDSPostgreSQLRotationMultiUser$/),
      parameters: {
        functionName: 'shop-test-database-role-rotation',
        kmsKeyArn: KEY,
        masterSecretArn: master,
        masterSecretKmsKeyArn: KEY,
      },
    });
    expect(alternating(made)?.parameters).not.toHaveProperty('masterSecretKmsKeyArn');
    expect(resource(made, 'aws_secretsmanager_secret_rotation.database_role-job-reader_rotation')?.rotation_lambda_arn).toContain(
      'database_rotation_alternating-users.outputs',
    );
    expect(login(made, 'database_role-job-reader_value').masterarn).toBe(master);
    expect(login(made, 'database_master_login_value')).not.toHaveProperty('masterarn');
  });

  test('have no function for alternating users where none rotates, and are refused a rotation where RDS keeps the master', () => {
    const still = make({ roles: [roles[0]!], credentials: ROTATED });
    expect(resourcesOf(still.json, 'aws_serverlessapplicationrepository_cloudformation_stack')).toHaveLength(1);
    expect(() => make({ roles })).toThrow(/the function that rotates the login of job_reader is missing/);
  });

  test('leave logs that expire, in groups that exist before the functions', () => {
    const logged = make({ roles, credentials: ROTATED }, { logRetentionDays: 30 });
    const groups = resourcesOf(logged.json, 'aws_cloudwatch_log_group').filter(({ name }) => name.startsWith('/aws/lambda/'));
    expect(groups).toEqual([
      expect.objectContaining({ name: '/aws/lambda/shop-test-database-role-rotation', retention_in_days: 30 }),
      expect.objectContaining({ name: '/aws/lambda/shop-test-database-rotation', retention_in_days: 30 }),
    ]);
    for (const id of ['function', 'alternating-users'])
      expect(
        resource(logged, `aws_serverlessapplicationrepository_cloudformation_stack.database_rotation_${id}`)?.depends_on,
      ).toEqual([`aws_cloudwatch_log_group.database_rotation_${id}-logs`]);
  });
});

describe('no password is in the JSON', () => {
  test.each([
    ['rds-managed', make()],
    ['rotated-secret with replicas', make({ credentials: ROTATED, replicas: [NEAR, FAR] }, { protect: true, keyArn: KEY })],
    ['on the host', makeOnHost()],
  ])('%s: every write-only value comes from an ephemeral block, and no plain one is used', (_, made) => {
    const attributes = Object.values(made.json.resource ?? {}).flatMap((named) =>
      Object.values(named).flatMap((block) => Object.entries(block)),
    );
    const writeOnly = attributes.filter(([name]) => name.endsWith('_wo'));
    expect(writeOnly.length).toBeGreaterThan(0);
    for (const [, value] of writeOnly) {
      const secret = (value as string).startsWith('{') ? (JSON.parse(value as string).password as string) : (value as string);
      expect(secret).toMatch(/^\$\{ephemeral\.[a-z_]+\.[a-z-]+\.(?:random_password|secret_string)\}$/);
    }
    for (const [name] of attributes) expect(['password', 'secret_string', 'auth_token', 'master_password']).not.toContain(name);
    expect(made.json.resource).not.toHaveProperty('random_password');
    expect(made.json.data ?? {}).not.toHaveProperty('aws_secretsmanager_secret_version');
  });
});

describe('a replica', () => {
  const made = make(
    { credentials: ROTATED, replicas: [NEAR, FAR], enhancedMonitoringSeconds: 60 },
    { keyArn: KEY, protect: true, logRetentionDays: 30 },
  );

  test("in the primary's region takes the primary's place, group and key", () => {
    const replica = nearReplica(made);
    expect(replica).toMatchObject({
      identifier: 'shop-test-near',
      instance_class: 'db.t4g.small',
      replicate_source_db: '${aws_db_instance.database_primary.identifier}',
      vpc_security_group_ids: ['sg-database'],
      parameter_group_name: '${aws_db_parameter_group.database_parameters.name}',
    });
    for (const argument of ['region', 'db_subnet_group_name', 'kms_key_id']) expect(replica).not.toHaveProperty(argument);
  });

  test('in another region has subnet group, parameter group, key and logs of that region', () => {
    expect(farReplica(made)).toMatchObject({
      region: 'us-east-1',
      replicate_source_db: '${aws_db_instance.database_primary.arn}',
      db_subnet_group_name: '${aws_db_subnet_group.database_replica-far_subnets.name}',
      parameter_group_name: '${aws_db_parameter_group.database_replica-far_parameters.name}',
      kms_key_id: '${aws_kms_key.database_replica-far_key_key.arn}',
      performance_insights_kms_key_id: '${aws_kms_key.database_replica-far_key_key.arn}',
      vpc_security_group_ids: ['sg-us'],
    });
    expect(resource(made, 'aws_db_subnet_group.database_replica-far_subnets')).toMatchObject({
      region: 'us-east-1',
      subnet_ids: ['subnet-us-1', 'subnet-us-2'],
    });
    expect(resource(made, 'aws_db_parameter_group.database_replica-far_parameters')).toMatchObject({
      region: 'us-east-1',
      family: 'postgres16',
    });
    expect(resource(made, 'aws_kms_key.database_replica-far_key_key')).toMatchObject({
      region: 'us-east-1',
      enable_key_rotation: true,
    });
    expect(resource(made, 'aws_cloudwatch_log_group.database_replica-far_logs-postgresql')?.region).toBe('us-east-1');
  });

  test('has the time that a copy across regions takes, beyond the 40 minutes that the provider waits by itself', () => {
    for (const replica of [nearReplica(made), farReplica(made)])
      expect(replica?.timeouts).toEqual({ create: '3h', update: '2h', delete: '2h' });
  });

  test("in another region uses that region's AWS-managed key when the environment has no key", () => {
    const loose = make({ credentials: ROTATED, replicas: [FAR] });
    expect(loose.json.data?.aws_kms_key?.['database_replica-far_key']).toMatchObject({
      key_id: 'alias/aws/rds',
      region: 'us-east-1',
    });
    expect(farReplica(loose)?.kms_key_id).toBe('${data.aws_kms_key.database_replica-far_key.arn}');
    expect(loose.json.resource).not.toHaveProperty('aws_kms_key');
  });

  test('has no separate login, size, engine, backup or snapshot', () => {
    for (const replica of [nearReplica(made), farReplica(made)]) {
      expect(replica).toMatchObject({
        skip_final_snapshot: true,
        backup_retention_period: 0,
        storage_encrypted: true,
        publicly_accessible: false,
      });
      for (const argument of [
        'username',
        'password_wo',
        'manage_master_user_password',
        'db_name',
        'engine',
        'engine_version',
        'allocated_storage',
        'final_snapshot_identifier',
      ]) {
        expect(replica).not.toHaveProperty(argument);
      }
    }
  });

  test('is published by key, and its monitoring is trusted', () => {
    expect(made.handover.replicaHosts).toEqual({
      near: '${aws_db_instance.database_replica-near_instance.address}',
      far: '${aws_db_instance.database_replica-far_instance.address}',
    });
    const trust = JSON.parse(theOnly(made.json, 'aws_iam_role').assume_role_policy as string).Statement[0];
    expect(trust.Condition.ArnLike['aws:SourceArn']).toContain(`arn:aws:rds:us-east-1:${ACCOUNT}:db:shop-test-far`);
  });

  test('in a region without a network is refused', () => {
    expect(() => make({ credentials: ROTATED, replicas: [FAR] }, { replicaNetworks: {} })).toThrow(
      /the network of the replica far in us-east-1 is missing/,
    );
  });
});

describe('a database on the host', () => {
  const made = makeOnHost();

  test('creates its logins and nothing else', () => {
    expect(Object.keys(made.json.resource ?? {}).sort()).toEqual([
      'aws_secretsmanager_secret',
      'aws_secretsmanager_secret_version',
    ]);
    expect(made.handover).toEqual({
      host: 'postgres',
      replicaHosts: {},
      roleSecretArns: { app: expect.stringContaining('role-app') },
    });
  });

  test('keeps the addresses of its logins when it moves to RDS, which writes them again', () => {
    const managed = make();
    const address = 'aws_secretsmanager_secret_version.database_role-app_value';
    expect(resource(made, address)?.secret_string_wo_version).not.toBe(resource(managed, address)?.secret_string_wo_version);
    expect(login(made, 'database_role-app_value').url).toMatch(/@postgres:5432\/shop\?sslmode=disable$/);
  });
});

describe('what is published', () => {
  test('is host, resource id and ARNs, and for backups the instance itself', () => {
    const made = make();
    expect(made.handover).toMatchObject({
      host: '${aws_db_instance.database_primary.address}',
      resourceId: '${aws_db_instance.database_primary.resource_id}',
    });
    expect(made.resourceArn).toBeDefined();
  });
});
