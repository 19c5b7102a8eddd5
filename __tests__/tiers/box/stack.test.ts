/** The box tier as a whole: the host, what outlives it, its outputs, and the way to other tiers. */
import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../../src/config';
import type { ResolvedTier } from '../../../src/config/resolved/environment';
import { BoxStack } from '../../../src/tiers/box/stack';
import { boxed, boxSection, moved } from '../../support/boxed';
import { addProducers, stackProps } from '../../support/handovers';
import { hostFiles } from '../../support/host-files';
import { danglingReferences } from '../../support/references';
import { resourcesOf, synthApp, synthEnvironment, theOnly, type RootModule } from '../../support/synth';

const api = boxed().services!.api!;

const built = new Map<string, RootModule>();

/** The stack of the box; each input is synthesised once. */
function box(input: EnvironmentInput = boxed()): RootModule {
  const key = JSON.stringify(input);
  const module = built.get(key) ?? fresh(input);
  built.set(key, module);
  return module;
}

function fresh(input: EnvironmentInput): RootModule {
  const environment = parseEnvironment(input);
  return build(environment)[`${environment.identity.environment}-compute-box`] as RootModule;
}

function build(environment: ResolvedEnvironment) {
  return synthApp((app) => {
    const { identity, protect, workloads, edge, data } = environment;
    new BoxStack(app, {
      stack: stackProps(environment, 'compute-box'),
      identity,
      protect,
      tier: environment.tier as Extract<ResolvedTier, { kind: 'box' }>,
      workloads,
      edge,
      data,
      handovers: addProducers(app, environment),
    });
  });
}

const outputs = (module: RootModule) =>
  Object.fromEntries(Object.entries(module.output ?? {}).map(([name, { value }]) => [name, value]));

const instanceOf = (module: RootModule) => theOnly(module, 'aws_instance');
const objectOf = (module: RootModule): string => theOnly(module, 'aws_s3_object').content;

/** What Terraform would read as its own. */
const templates = (text: string) => text.match(/(?<![$%])[$%]\{[^}]*\}/g) ?? [];

describe('the host', () => {
  const module = box();

  test('is created from the newest machine image, and not recreated for a newer one', () => {
    expect(theOnly({ ...module, resource: module.data as never }, 'aws_ssm_parameter').name).toContain('ubuntu/server/24.04');
    expect(instanceOf(module).ami).toBe('${data.aws_ssm_parameter.box_image.insecure_value}');
    expect(instanceOf(module).lifecycle.ignore_changes).toEqual(['ami', 'user_data']);
  });

  test('serves metadata only with IMDSv2, and to its containers only if one of them has permissions', () => {
    const options = (description: EnvironmentInput) => instanceOf(box(description)).metadata_options;
    const example = boxed();
    const { api } = example.services!;
    const permissions = [{ bucket: 'backups', access: 'read' as const }];
    expect(options({ ...example, services: { api: { ...api!, permissions: [] } } })).toMatchObject({
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    });
    expect(options({ ...example, services: { api: { ...api!, permissions } } })).toMatchObject({
      http_put_response_hop_limit: 2,
    });
  });

  test('has an encrypted gp3 system disk, with the environment’s key where there is one', () => {
    expect(instanceOf(module).root_block_device).toMatchObject({ volume_type: 'gp3', volume_size: 12, encrypted: true });
    expect(instanceOf(module).root_block_device.kms_key_id).toBe('${data.terraform_remote_state.data.outputs.key_arn}');
    const awsManaged = box(boxed({ encryption: { key: 'aws-managed' } }));
    expect(instanceOf(awsManaged).root_block_device.kms_key_id).toBeUndefined();
  });

  test('has its address before its first packet, on a network interface that outlives it', () => {
    expect(theOnly(module, 'aws_eip_association')).toMatchObject({
      allocation_id: '${data.terraform_remote_state.network.outputs.box_address.allocation_id}',
      network_interface_id: '${aws_network_interface.box_interface.id}',
    });
    expect(instanceOf(module).primary_network_interface).toEqual({
      network_interface_id: '${aws_network_interface.box_interface.id}',
    });
    expect(instanceOf(module).depends_on).toContain('aws_eip_association.box_address');
    expect(theOnly(module, 'aws_network_interface').subnet_id).toBe(
      '${data.terraform_remote_state.network.outputs.public_subnet_ids[0]}',
    );
  });

  test('boots after its permissions, its configuration and its egress exist', () => {
    expect(instanceOf(module).depends_on).toEqual(
      expect.arrayContaining([
        'aws_iam_role_policy.role_policy',
        'aws_s3_object.configuration_object',
        'aws_vpc_security_group_egress_rule.security_https-out',
        'aws_vpc_security_group_egress_rule.security_http-out',
      ]),
    );
  });

  test('is stopped before the data volume is detached, and is in the volume’s zone', () => {
    expect(theOnly(module, 'aws_volume_attachment')).toMatchObject({
      volume_id: '${data.terraform_remote_state.data.outputs.box_volume.id}',
      instance_id: '${aws_instance.box_instance.id}',
      stop_instance_before_detaching: true,
      force_detach: false,
      skip_destroy: false,
    });
    const { network, data } = parseEnvironment(boxed());
    expect(data.boxVolume?.zone).toBe(network.zones[0]);
  });

  test('has a key pair and detailed monitoring only if the description says so', () => {
    expect(instanceOf(module)).toMatchObject({ monitoring: false });
    expect(instanceOf(module).key_name).toBeUndefined();
    const chosen = instanceOf(box(boxed({ box: boxSection({ keyPair: 'shop-key', detailedMonitoring: true }) })));
    expect(chosen).toMatchObject({ monitoring: true, key_name: 'shop-key' });
  });

  test('has CPU credits as described, and none with a type that has none', () => {
    expect(instanceOf(module).credit_specification).toEqual({ cpu_credits: 'unlimited' });
    expect(instanceOf(box(boxed({ box: boxSection({ cpuCredits: 'standard' }) }))).credit_specification).toEqual({
      cpu_credits: 'standard',
    });
    expect(instanceOf(box(boxed({ box: boxSection({ instanceType: 'm7i.large' }) }))).credit_specification).toBeUndefined();
  });

  test('is moved away from failed hardware, and restarted when it hangs', () => {
    const action = (of: RootModule, name: string) => of.resource?.aws_cloudwatch_metric_alarm?.[`recovery_${name}`];
    expect(action(module, 'recover')).toMatchObject({
      metric_name: 'StatusCheckFailed_System',
      alarm_actions: ['arn:aws:automate:eu-west-1:ec2:recover'],
    });
    expect(action(module, 'reboot')).toMatchObject({
      metric_name: 'StatusCheckFailed_Instance',
      alarm_actions: ['arn:aws:automate:eu-west-1:ec2:reboot'],
    });
  });

  test('refers to nothing that does not exist', () => {
    for (const one of [module, box(moved()), box(boxed({ protect: true }))]) expect(danglingReferences(one)).toEqual([]);
  });
});

describe('configuration', () => {
  const changedService = { ...api, environment: { ...api.environment, LOG_LEVEL: 'debug' } };

  test('changes without the host: only the object differs', () => {
    const before = box();
    const after = box(boxed({ services: { api: changedService } }));
    expect(objectOf(after)).not.toBe(objectOf(before));
    expect(objectOf(after)).toContain('LOG_LEVEL');
    const without = (module: RootModule) => ({ ...module.resource, aws_s3_object: undefined });
    expect(without(after)).toEqual(without(before));
  });

  test('is an object in a bucket that keeps versions, refuses plain HTTP, and is destroyed with the tier', () => {
    const module = box(boxed({ protect: true }));
    expect(theOnly(module, 'aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    expect(theOnly(module, 'aws_s3_bucket_policy').policy).toContain('aws:SecureTransport');
    expect(theOnly(module, 'aws_s3_bucket')).toMatchObject({ bucket: 'shop-test-box-configuration', force_destroy: true });
    expect(theOnly(module, 'aws_s3_bucket').lifecycle).toBeUndefined();
  });

  test('and user data hold no dollar brace except in references to other stacks', () => {
    for (const input of [boxed({ protect: true }), moved({ protect: true })]) {
      const module = box(input);
      for (const text of [objectOf(module), instanceOf(module).user_data as string]) {
        expect(text).not.toContain('TerraformReference');
        for (const template of templates(text)) expect(template).toMatch(/^\$\{(data\.terraform_remote_state|aws_)[^{}"]*\}$/);
      }
      expect(templates(objectOf(module)).length).toBeGreaterThan(0);
      expect(templates(instanceOf(module).user_data)).toEqual(['${data.terraform_remote_state.data.outputs.box_volume.id}']);
    }
  });

  test('escapes the braces of scripts for Terraform', () => {
    const environment = { SHELL_STYLE: '${HOME:-none}', CURL_STYLE: '%{http_code}' };
    const module = box(boxed({ services: { api: { ...api, environment } } }));
    expect(objectOf(module)).toMatch(/\$\$\{HOME:-none\}/);
    expect(objectOf(module)).toMatch(/%%\{http_code\}/);
    const files = Object.values(hostFiles(module));
    expect(files.length).toBeGreaterThan(10);
    expect(files.map(({ content }) => content).join()).toContain('${HOME:-none}');
    for (const file of files)
      expect(file).toEqual({
        path: expect.stringMatching(/^\//),
        mode: expect.stringMatching(/^0\d{3}$/),
        content: expect.any(String),
      });
  });

  test('and user data hold secrets by ARN only', () => {
    const module = box(
      boxed({
        secrets: { jwt: { description: 'tokens', value: 'generated' } },
        services: { api: { ...api, environment: { JWT: { secret: 'jwt' } } } },
      }),
    );
    expect(objectOf(module)).toContain('${data.terraform_remote_state.data.outputs.secrets.jwt.arn}');
    expect(JSON.stringify(module)).not.toMatch(/ephemeral|random_password/);
  });

  test('leaves user data far below the limit of EC2', () => {
    expect(Buffer.byteLength(instanceOf(box()).user_data)).toBeLessThan(12_000);
  });
});

describe('its outputs', () => {
  const written = outputs(box(boxed({ jobs: { 'price-sync': { image: 'api', vcpu: 0.25, memoryMib: 128 } } })));

  test('publish the host, its address and its metrics to edge and observability', () => {
    expect(written).toMatchObject({
      instance_id: '${aws_instance.box_instance.id}',
      public_ip: '${data.terraform_remote_state.network.outputs.box_address.public_ip}',
      metrics_namespace: 'Terrace/Box',
      metrics_environment: 'shop-test',
    });
  });

  test('give people the address, the URL, and a command for each next step', () => {
    expect(written.url_shop_example).toBe('https://shop.example');
    expect(written.shell).toBe('aws ssm start-session --region eu-west-1 --target ${aws_instance.box_instance.id}');
    expect(written.tunnel_to_database).toContain('AWS-StartPortForwardingSession ');
    for (const [name, command] of Object.entries({
      apply_now: 'pull',
      run_price_sync: 'job price-sync',
      backup_now: 'backup',
      restore: 'restore',
      drill: 'drill',
    }))
      expect(written[name]).toContain(`terrace-${command}`);
  });

  test('reach a managed database through the host', () => {
    expect(outputs(box(moved())).tunnel_to_database).toContain('host=${data.terraform_remote_state.data.outputs.database.host},');
  });
});

/** Every resource of a stack, by address. */
function resources(module: RootModule | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(module?.resource ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, block]) => [`${type}.${id}`, block]),
    ),
  );
}

describe('what outlives the host', () => {
  const stacks = (input: EnvironmentInput) => synthEnvironment(parseEnvironment(input));
  const protectedStacks = stacks(boxed({ protect: true }));

  test('address and volume are kept under protect, in network and data', () => {
    expect(theOnly(protectedStacks['shop-test-network']!, 'aws_eip').lifecycle).toEqual({ prevent_destroy: true });
    expect(theOnly(protectedStacks['shop-test-data']!, 'aws_ebs_volume').lifecycle).toEqual({ prevent_destroy: true });
  });

  test('another operating system, size of system disk or instance type changes nothing in network, domain and data', () => {
    const other = stacks(
      boxed({
        protect: true,
        box: boxSection({ operatingSystem: 'amazon-linux-2023', instanceType: 'm7i.large', rootVolumeGb: 40 }),
      }),
    );
    for (const kind of ['network', 'domain', 'data'])
      expect(other[`shop-test-${kind}`]).toEqual(protectedStacks[`shop-test-${kind}`]);
  });

  test('nothing in network, domain and data has a tag of the tier', () => {
    for (const kind of ['network', 'domain', 'data']) {
      expect(JSON.stringify(protectedStacks[`shop-test-${kind}`]?.provider)).not.toContain('"tier"');
    }
    expect(JSON.stringify(protectedStacks['shop-test-compute-box']?.provider)).toContain('"tier":"box"');
  });
});

describe('the way to other tiers', () => {
  const network = { cidr: '10.0.0.0/16', zones: 2, nat: 'single' as const };
  const protect = { protect: true, network };
  const stacks = (input: EnvironmentInput) => synthEnvironment(parseEnvironment(input));
  const onHost = stacks(boxed(protect));
  const managed = stacks(moved(protect));
  const both = stacks(moved({ ...protect, nextTier: 'fargate' }));
  const onFargate = stacks(moved({ ...protect, tier: 'fargate' }));

  test.each(['network', 'domain', 'data'])('moving the data to RDS and ElastiCache takes nothing away from %s', (kind) => {
    const after = resources(managed[`shop-test-${kind}`]);
    for (const [address, before] of Object.entries(resources(onHost[`shop-test-${kind}`]))) {
      // Every login is written again, with the new host.
      if (address.startsWith('aws_secretsmanager_secret_version.database_role')) expect(after).toHaveProperty([address]);
      else expect({ address, block: after[address] }).toEqual({ address, block: before });
    }
  });

  test('while data moves, the data stack holds the volume and the instance', () => {
    expect(Object.keys(resources(managed['shop-test-data']))).toEqual(
      expect.arrayContaining(['aws_ebs_volume.box_volume', 'aws_db_instance.database_primary']),
    );
  });

  test.each(['network', 'data'])('box to Fargate changes nothing in %s, with both standing or one', (kind) => {
    expect(resources(managed[`shop-test-${kind}`])).not.toEqual({});
    expect(both[`shop-test-${kind}`]).toEqual(managed[`shop-test-${kind}`]);
    expect(onFargate[`shop-test-${kind}`]).toEqual(managed[`shop-test-${kind}`]);
  });

  test('box to Fargate adds the certificate of the load balancer to domain, and takes nothing away', () => {
    const [before, during, after] = [managed, both, onFargate].map((all) => resources(all['shop-test-domain']));
    expect(Object.keys(before!).filter((address) => address.startsWith('aws_acm_'))).toEqual([]);
    expect(during).toMatchObject(before!);
    expect(Object.keys(during!)).toContain('aws_acm_certificate.certificate_regional');
    expect(after).toEqual(during);
  });

  test('both tiers exist at the same time, then only the box is removed', () => {
    expect(Object.keys(both)).toEqual(expect.arrayContaining(['shop-test-compute-box', 'shop-test-compute-fargate']));
    expect(Object.keys(onFargate)).not.toContain('shop-test-compute-box');
  });
});

describe('several hosts', () => {
  const input = moved({
    box: boxSection({ instances: { min: 2, max: 5 } }),
    jobs: { sync: { image: 'api', vcpu: 0.25, memoryMib: 128 } },
  });
  const module = box(input);
  const template = theOnly(module, 'aws_launch_template');
  const userData = Buffer.from(template.user_data, 'base64').toString();

  test('are identical, in public subnets, and replaced when health checks fail', () => {
    expect(theOnly(module, 'aws_autoscaling_group')).toMatchObject({
      min_size: 2,
      max_size: 5,
      health_check_type: 'ELB',
      vpc_zone_identifier: [
        '${data.terraform_remote_state.network.outputs.public_subnet_ids[0]}',
        '${data.terraform_remote_state.network.outputs.public_subnet_ids[1]}',
      ],
      target_group_arns: ['${aws_lb_target_group.load-balancer_target-hosts_group.arn}'],
    });
    expect(template).toMatchObject({
      image_id: 'resolve:ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
      metadata_options: { http_tokens: 'required', http_put_response_hop_limit: 1 },
    });
    expect(template.block_device_mappings[0]).toMatchObject({ device_name: '/dev/sda1', ebs: { encrypted: 'true' } });
  });

  test('have no volume, no fixed address and no certificates', () => {
    for (const type of ['aws_instance', 'aws_volume_attachment', 'aws_eip_association'])
      expect(resourcesOf(module, type)).toEqual([]);
    expect(userData).toMatch(/DATA_VOLUME_ID=''/);
    expect(templates(userData)).toEqual([]);
    expect(userData).not.toContain('TerraformReference');
    const files = hostFiles(module);
    expect(files['/etc/terrace/sites']?.content).toBe('');
    expect(Object.keys(files)).not.toContain('/etc/systemd/system/terrace-renew.timer');
  });

  test('are reached only by the load balancer, on port 80, which has the certificate and checks their health', () => {
    const web = resourcesOf(module, 'aws_vpc_security_group_ingress_rule').filter(({ security_group_id }) =>
      security_group_id.includes('security_host'),
    );
    expect(web).toEqual([
      expect.objectContaining({
        from_port: 80,
        referenced_security_group_id: '${aws_security_group.load-balancer_security_group.id}',
      }),
    ]);
    expect(module.resource?.aws_lb_listener?.['load-balancer_listener']?.certificate_arn).toContain('certificate_arn');
    expect(theOnly(module, 'aws_lb_target_group')).toMatchObject({
      target_type: 'instance',
      port: 80,
      health_check: { path: '/terrace-health' },
    });
    const { rule } = { rule: theOnly(module, 'aws_lb_listener_rule') };
    expect(rule.condition).toEqual([{ host_header: { values: ['shop.example'] } }]);
  });

  test('are behind an internal load balancer that only CloudFront reaches, where the environment has a CDN', () => {
    const behind = box({ ...input, edge: { cdn: {} } });
    const admitted = (of: RootModule) =>
      Object.entries(of.resource?.aws_vpc_security_group_ingress_rule ?? {})
        .filter(([id]) => id.startsWith('load-balancer'))
        .map(([, { from_port, cidr_ipv4, prefix_list_id }]) => [from_port, cidr_ipv4 ?? prefix_list_id]);
    expect(theOnly(behind, 'aws_lb')).toMatchObject({
      internal: true,
      subnets: [expect.stringContaining('isolated_subnet_ids[0]'), expect.stringContaining('isolated_subnet_ids[1]')],
    });
    expect(admitted(behind)).toEqual([[443, '${data.aws_ec2_managed_prefix_list.cloudfront.id}']]);
    expect(outputs(behind)).not.toHaveProperty('address');
    expect(theOnly(module, 'aws_lb').internal).toBe(false);
    expect(admitted(module)).toContainEqual([443, '0.0.0.0/0']);
  });

  test('serve plain HTTP to it, pass on that the client used HTTPS, and answer its health check with one service', () => {
    const files = hostFiles(module);
    const site = files['/etc/terrace/nginx/conf.d/shop.example.conf']?.content;
    expect(site).toContain('listen 80;');
    expect(site).not.toMatch(/ssl|301/);
    expect(files['/etc/terrace/nginx/terrace/proxy.conf']?.content).toContain('X-Forwarded-Proto $http_x_forwarded_proto;');
    expect(files['/etc/terrace/nginx/nginx.conf']?.content).toMatch(
      /location = \/terrace-health \{[^}]*proxy_pass http:\/\/\$service_8080\/health;/,
    );
    const single = hostFiles(box(moved()));
    expect(single['/etc/terrace/nginx/terrace/proxy.conf']?.content).toContain('X-Forwarded-Proto $scheme;');
    expect(single['/etc/terrace/nginx/nginx.conf']?.content).not.toContain('terrace-health');
  });

  test('do not all dump one database at the same second', () => {
    expect(Object.keys(hostFiles(module))).not.toContain('/etc/systemd/system/terrace-drill.timer');
  });

  test('have commands that find one of them, and publish the load balancer', () => {
    const written = outputs(module);
    expect(written.shell).toMatch(
      /^host=\$\(aws autoscaling describe-auto-scaling-groups .*\) && aws ssm start-session .*\$host$/,
    );
    expect(written.run_sync).toContain('terrace-job sync');
    expect(written.restore).toBeUndefined();
    expect(written).toMatchObject({
      address: '${aws_lb.load-balancer_balancer.dns_name}',
      load_balancer: { dns_name: '${aws_lb.load-balancer_balancer.dns_name}' },
      group_name: '${aws_autoscaling_group.group_group.name}',
    });
    expect(written.instance_id).toBeUndefined();
  });

  test('refer to nothing that does not exist', () => expect(danglingReferences(module)).toEqual([]));
});

test('the same description gives the same bytes', () => {
  expect(JSON.stringify(fresh(boxed()))).toBe(JSON.stringify(fresh(boxed())));
});
