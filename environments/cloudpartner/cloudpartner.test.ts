import { parse as parseYaml } from 'yaml';
import mvpInput from './mvp';
import robustInput from './robust';
import { parseEnvironment } from '../../src/config';
import { alarm, endpoints } from '../../__tests__/support/documents';
import { hostFiles } from '../../__tests__/support/host-files';
import { danglingReferences } from '../../__tests__/support/references';
import { having, lifecycle, sharedZone, synthesised } from '../../__tests__/support/environments';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../../__tests__/support/synth';

const mvp = synthesised(mvpInput);
const { environment, network, data, compute } = mvp;
const { zone, names } = sharedZone(mvpInput, robustInput);
const files = hostFiles(compute);
const compose = parseYaml(files['/home/ec2-user/cloud-consulting/compose.yaml']!.content);
const statements: any[] = JSON.parse(theOnly(compute, 'aws_iam_role_policy').policy).Statement;
const text = (path: string): string => files[path]?.content ?? '';

describe('cloudpartner-mvp, by its document', () => {
  it('is one t3.micro in us-east-1', () => {
    expect(network.provider.aws?.[0]?.region).toBe('us-east-1');
    expect(theOnly(compute, 'aws_instance').instance_type).toBe('t3.micro');
  });

  it('runs Amazon Linux 2023', () => {
    expect(compute.data?.aws_ssm_parameter?.box_image?.name).toContain('al2023');
  });

  it('has 30 GB of gp3, system and data together', () => {
    const system: { volume_type: string; volume_size: number } = theOnly(compute, 'aws_instance').root_block_device;
    const volume = theOnly(data, 'aws_ebs_volume') as { type: string; size: number };
    expect([system.volume_type, volume.type]).toEqual(['gp3', 'gp3']);
    expect(system.volume_size + volume.size).toBe(30);
  });

  it('admits 80 and 443 from everywhere, and lets everything out', () => {
    const admitted = resourcesOf(compute, 'aws_vpc_security_group_ingress_rule').map((rule) => [rule.from_port, rule.cidr_ipv4]);
    expect(admitted.sort()).toEqual([
      [443, '0.0.0.0/0'],
      [80, '0.0.0.0/0'],
    ]);
    expect(theOnly(compute, 'aws_vpc_security_group_egress_rule')).toMatchObject({ ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0' });
  });

  it('runs the frontend on 3000 and the backend on 8061, on the host’s own network', () => {
    expect(environment.workloads.services.map(({ key, port }) => [key, port])).toEqual([
      ['backend', 8061],
      ['frontend', 3000],
    ]);
    expect(compose.services.backend.network_mode).toBe('host');
    expect(compose.services.frontend.network_mode).toBe('host');
  });

  it('has PostgreSQL 15 and Redis installed on the host', () => {
    expect(Object.keys(compose.services)).not.toEqual(expect.arrayContaining(['postgres']));
    expect(environment.data.database).toMatchObject({ placement: 'host', version: '15', hostName: '127.0.0.1' });
    expect(JSON.stringify(files)).toContain('postgresql15');
    expect(JSON.stringify(files)).toContain('redis6');
    expect(resourcesOf(data, 'aws_db_instance')).toEqual([]);
  });

  it('has the database consulting, with the user appuser', () => {
    expect(environment.data.database?.name).toBe('consulting');
    expect(environment.data.database?.roles.map(({ name }) => name)).toEqual(['appuser']);
    const login = data.resource?.aws_secretsmanager_secret_version?.['database_role-appuser_value']?.secret_string_wo;
    expect(JSON.parse(login)).toMatchObject({ username: 'appuser', dbname: 'consulting' });
  });

  it('listens on the loopback address, takes 100 connections and 128 MB of shared buffers', () => {
    const settings = Object.values(files).find(({ content }) => content.includes('shared_buffers'))?.content;
    expect(settings).toMatch(/listen_addresses = '(localhost|127\.0\.0\.1)'/);
    expect(settings).toMatch(/max_connections = '?100'?/);
    expect(settings).toMatch(/shared_buffers = '?128MB'?/);
  });

  it('serves cloudpartner.pro, www and api, the API below /api/ and /health', () => {
    expect(environment.domain?.names).toEqual(['cloudpartner.pro', 'www.cloudpartner.pro', 'api.cloudpartner.pro']);
    for (const name of ['cloudpartner.pro', 'www.cloudpartner.pro']) {
      const site = text(`/etc/terrace/nginx/conf.d/${name}.conf`);
      expect(site).toContain(`server_name ${name};`);
      expect(site).toMatch(/location \/api\/ \{[^}]*proxy_pass http:\/\/127\.0\.0\.1:8061;/);
      expect(site).toMatch(/location = \/health \{[^}]*proxy_pass http:\/\/127\.0\.0\.1:8061;/);
      expect(site).toMatch(/location \/ \{[^}]*proxy_pass http:\/\/127\.0\.0\.1:3000;/);
    }
    expect(text('/etc/terrace/nginx/conf.d/api.cloudpartner.pro.conf')).toMatch(
      /location \/ \{[^}]*proxy_pass http:\/\/127\.0\.0\.1:8061;/,
    );
  });

  it('redirects to HTTPS and speaks TLS 1.2 and 1.3', () => {
    expect(text('/etc/terrace/nginx/conf.d/cloudpartner.pro.conf')).toContain('return 301 https://');
    expect(text('/etc/terrace/nginx/nginx.conf')).toContain('ssl_protocols TLSv1.2 TLSv1.3;');
  });

  it('gives the backend the document’s variables', () => {
    const [backend] = environment.workloads.services;
    expect(backend?.variables.plain).toEqual({
      PORT: '8061',
      GIN_MODE: 'release',
      LOG_LEVEL: 'info',
      BEDROCK_REGION: 'us-east-1',
      BEDROCK_MODEL_ID: 'amazon.nova-lite-v1:0',
      AWS_SES_REGION: 'us-east-1',
      SES_SENDER_EMAIL: 'info@cloudpartner.pro',
      CORS_ALLOWED_ORIGINS: 'https://cloudpartner.pro,https://www.cloudpartner.pro',
      CHAT_MODE: 'polling',
      CHAT_POLLING_INTERVAL: '3000',
    });
    expect(backend?.variables.references).toEqual({ REDIS_URL: 'cache.url' });
    expect(Object.keys(backend?.variables.secrets ?? {}).sort()).toEqual(['DATABASE_URL', 'JWT_SECRET']);
    const environmentFile = Object.values(files).find(({ content }) => content.includes('CHAT_POLLING_INTERVAL'))?.content;
    expect(environmentFile).toMatch(/REDIS_URL='?redis:\/\/127\.0\.0\.1:6379'?/);
  });

  it('passes the address of the API to the frontend', () => {
    expect(environment.workloads.services[1]?.variables.plain).toEqual({ REACT_APP_API_URL: 'https://api.cloudpartner.pro' });
  });

  it('sends mail and asks the model by the host’s role, without keys', () => {
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: ['bedrock:InvokeModel'],
        Resource: ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'],
      }),
    );
    const mail = statements.find(({ Action }) => Action.includes('ses:SendEmail'));
    expect(mail.Action).toEqual(['ses:SendEmail', 'ses:SendRawEmail']);
    expect(mail.Resource[0]).toMatch(/^arn:aws:ses:us-east-1:.*:identity\/cloudpartner\.pro$/);
    expect(JSON.stringify(compute)).not.toMatch(/AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_BEARER_TOKEN_BEDROCK/);
  });

  it('backs up at 02:00 to S3, for 7 days on the host and 30 in the bucket', () => {
    expect(text('/etc/systemd/system/terrace-backup.timer')).toMatch(/OnCalendar=\*-\*-\* 0?2:0?0:00/);
    expect(text('/etc/terrace/host.env')).toMatch(/BACKUP_RETENTION_DAYS='?7'?/);
    expect(lifecycle(mvp, 'backups').objects.expiration).toEqual([{ days: 30 }]);
  });

  it('renews certificates at noon', () => {
    expect(text('/etc/systemd/system/terrace-renew.timer')).toMatch(/OnCalendar=\*-\*-\* 12:0?0:00/);
  });

  it('warns when a disk is more than 80 % full', () => {
    expect(
      having(mvp.stacks['cloudpartner-mvp-observability']!, 'aws_cloudwatch_metric_alarm', 'metric_name', 'DiskUsedPercent')
        .threshold,
    ).toBe(80);
  });

  it('refuses passwords over SSH, has fail2ban and a firewall', () => {
    expect(JSON.stringify(files)).toContain('PasswordAuthentication no');
    expect(JSON.stringify(files)).toContain('fail2ban');
    expect(JSON.stringify(files)).toContain('firewall-cmd');
  });

  it('lives in Route 53, in a zone that admits Let’s Encrypt', () => {
    expect(environment.domain).toMatchObject({ zone: 'cloudpartner.pro', provider: 'route53' });
    expect(JSON.stringify(zone.resource)).toContain('letsencrypt.org');
  });

  it('starts again what fails, from /home/ec2-user/cloud-consulting', () => {
    const unit = Object.entries(files).find(([path]) => path.endsWith('/terrace-app.service'))?.[1].content;
    expect(unit).toContain('Restart=always');
    expect(Object.keys(files)).toContain('/home/ec2-user/cloud-consulting/compose.yaml');
  });
});

describe('cloudpartner-mvp, assumed', () => {
  it('divides its 30 GB into 12 for the system and 18 for data', () => {
    expect(theOnly(compute, 'aws_instance').root_block_device.volume_size).toBe(12);
    expect(theOnly(data, 'aws_ebs_volume').size).toBe(18);
  });

  it('opens port 22 to no address: the document names none', () => {
    expect(resourcesOf(compute, 'aws_vpc_security_group_ingress_rule').filter(({ from_port }) => from_port === 22)).toEqual([]);
    expect(theOnly(compute, 'aws_instance').key_name).toBeUndefined();
  });

  it('limits its containers to a third of the host’s 1 GB', () => {
    expect(environment.workloads.services.map(({ memoryMib }) => memoryMib)).toEqual([192, 160]);
  });

  it('keeps its state in cloudpartner-terraform-state', () => {
    expect(network.terraform.backend.s3).toMatchObject({ bucket: 'cloudpartner-terraform-state', region: 'us-east-1' });
  });
});

describe('cloudpartner-robust, by its document', () => {
  const robust = synthesised(robustInput);

  it('is the same on a t3.small', () => {
    expect(theOnly(robust.compute, 'aws_instance').instance_type).toBe('t3.small');
    expect(robust.environment.workloads.services.map(({ port }) => port)).toEqual([8061, 3000]);
    expect(robust.environment.data.database).toMatchObject({ placement: 'host', version: '15', name: 'consulting' });
  });
});

describe('the upgrade path of cloudpartner', () => {
  const managedDatabase = {
    ...mvpInput.database!,
    // "--db-instance-class db.t3.micro --allocated-storage 20".
    placement: 'managed' as const,
    instanceClass: 'db.t3.micro',
    storageGb: 20,
  };
  const acknowledge = { 'single-zone-database': { 'database.multiAz': 'the document moves to one db.t3.micro' } };
  // PostgreSQL's settings are for the one on the host.
  const box = { ...mvpInput.box!, postgres: undefined };
  const step1 = { ...mvpInput, database: managedDatabase, box, acknowledge };

  it('"Migration to RDS": a db.t3.micro with 20 GB next to the volume, which stays', () => {
    const moved = synthEnvironment(parseEnvironment(step1));
    expect(theOnly(moved['cloudpartner-mvp-data']!, 'aws_db_instance')).toMatchObject({
      instance_class: 'db.t3.micro',
      allocated_storage: 20,
    });
    expect(theOnly(moved['cloudpartner-mvp-data']!, 'aws_ebs_volume')).toEqual(theOnly(data, 'aws_ebs_volume'));
    expect(theOnly(moved['cloudpartner-mvp-compute-box']!, 'aws_s3_object').content).toContain('outputs.database.host}');
    expect(moved['cloudpartner-mvp-compute-box']?.output?.run_database_init).toBeDefined();
  });

  const step2 = {
    ...step1,
    cache: { placement: 'managed' as const, engine: 'redis' as const, version: '6.2' as const, nodeType: 'cache.t3.micro' },
    box: { ...box, instances: { min: 2, max: 4 } },
  };

  it('"Migration to Load Balancer": two to four hosts behind one, when cache and database are managed', () => {
    const grown = synthEnvironment(parseEnvironment(step2))['cloudpartner-mvp-compute-box']!;
    expect(theOnly(grown, 'aws_autoscaling_group')).toMatchObject({ min_size: 2, max_size: 4 });
    expect(resourcesOf(grown, 'aws_lb')).toHaveLength(1);
    expect(resourcesOf(grown, 'aws_instance')).toEqual([]);
  });

  it('refuses several hosts while data is on one', () => {
    expect(() => parseEnvironment({ ...mvpInput, box: step2.box })).toThrow(/1 while the database is on the host/);
  });
});

describe('cloudpartner-mvp, by its document', () => {
  const { edge } = mvp;

  it('has its names in Route 53, at the address of the host', () => {
    expect(edge.output?.serving?.value).toEqual({
      serving: { value: '${data.terraform_remote_state.network.outputs.box_address.public_ip}' },
    });
    const records = resourcesOf(names, 'aws_route53_record');
    expect(records.map(({ name }) => name).sort()).toEqual(['api.cloudpartner.pro', 'cloudpartner.pro', 'www.cloudpartner.pro']);
    for (const { records: values, type } of records) {
      expect(type).toBe('A');
      expect(values).toEqual(['${data.terraform_remote_state.cloudpartner-mvp-edge.outputs.serving.serving.value}']);
    }
  });

  it('has neither CDN nor firewall', () =>
    expect(Object.keys(edge.resource ?? {}).filter((type) => /cloudfront|wafv2|cloudflare/.test(type))).toEqual([]));

  it('names nothing that it does not hold', () => expect(danglingReferences(edge)).toEqual([]));
});

describe('cloudpartner, by its document', () => {
  it('stays within the ten alarms of the free tier, recovery and restart of the host among them', () => {
    const { observability, stacks } = mvp;
    const recovery = resourcesOf(stacks['cloudpartner-mvp-compute-box'] as RootModule, 'aws_cloudwatch_metric_alarm').filter(
      ({ alarm_actions: actions }) => JSON.stringify(actions).includes('automate'),
    );
    expect(resourcesOf(observability, 'aws_cloudwatch_metric_alarm').length + recovery.length).toBeLessThanOrEqual(10);
  });

  it('goes off when a service does not answer and when a disk is fuller than 80 %', () => {
    expect(alarm(mvp, 'host-health')).toBeDefined();
    expect(alarm(mvp, 'host-disk').threshold).toBe(80);
  });
});

describe('assumed for cloudpartner', () => {
  it('notifies an address of the system', () => expect(endpoints(mvp)).toContain('email info@cloudpartner.pro'));
});

describe('the budgets of cloudpartner', () => {
  it('are the upper ends of its totals', () => {
    const limits = [mvpInput, robustInput].map((input) => theOnly(synthesised(input).observability, 'aws_budgets_budget'));
    expect(limits.map(({ limit_amount: limit }) => limit)).toEqual(['15', '25']);
  });
});

describe('every environment of cloudpartner', () => {
  it('keeps its state in S3, locked by a file next to it, and warns only of the account, which the document does not name', () => {
    for (const { environment: resolved } of [mvpInput, robustInput].map(synthesised)) {
      expect(resolved.backend).toMatchObject({ kind: 's3', store: { lock: 's3' } });
      expect(resolved.warnings.map(({ rule }) => rule)).toEqual(['account-unpinned']);
    }
  });
});
