/** The load balancer: who may connect, how, and where requests go. */
import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { Testing } from 'cdktf';
import type { Health, Route } from '../../src/config/resolved/environment';
import {
  ApplicationLoadBalancer,
  type ApplicationLoadBalancerProps,
} from '../../src/modules/load-balancer/application-load-balancer';
import { addAddressOutputs } from '../../src/modules/load-balancer/address-outputs';
import { planRouting } from '../../src/modules/load-balancer/route-priorities';
import { resourcesOf, synthModule, theOnly } from '../support/synth';

const health: Health = {
  path: '/health',
  matcher: '200',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  startPeriodSeconds: 60,
  gracePeriodSeconds: 60,
};

const service = (key: string, routes: readonly Route[], port = 8080) => ({ key, port, health, stopTimeoutSeconds: 30, routes });

const props: ApplicationLoadBalancerProps = {
  environment: 'shop-test',
  vpcId: 'vpc-1',
  scheme: 'internet-facing',
  subnetIds: ['subnet-a', 'subnet-b'],
  admits: [{ cidr: '0.0.0.0/0' }],
  certificateArn: 'arn:certificate',
  idleTimeoutSeconds: 60,
  logBucketName: 'logs',
  protect: false,
  services: [
    service('frontend', [{ priority: 10, paths: ['/auth/*'] }, {}], 3000),
    service('backend', [{ priority: 20, paths: ['/api', '/api/*'] }]),
  ],
};

const balancer = (changes: Partial<ApplicationLoadBalancerProps> = {}) =>
  synthModule((stack) => void new ApplicationLoadBalancer(stack, 'load-balancer', { ...props, ...changes }));

describe('routing', () => {
  const plan = (...services: ReturnType<typeof service>[]) => planRouting(services);

  test('explicit priorities are used as written, in order', () => {
    const { rules } = plan(...props.services.map(({ key, routes }) => service(key, routes)));
    expect(rules).toEqual([
      { id: 'rule-10', priority: 10, service: 'frontend', hosts: undefined, paths: ['/auth/*'] },
      { id: 'rule-20', priority: 20, service: 'backend', hosts: undefined, paths: ['/api', '/api/*'] },
    ]);
  });

  test('a route without host, paths and priority is the default, and creates no rule', () => {
    expect(plan(service('web', [{}]))).toEqual({ defaultService: 'web', rules: [] });
    expect(plan(service('web', [{ host: 'a.example' }])).defaultService).toBeUndefined();
  });

  test('a route without priority comes after explicit ones, paths before whole hosts', () => {
    const { rules } = plan(
      service('host', [{ host: 'a.example' }]),
      service('paths', [{ host: 'a.example', paths: ['/x'] }]),
      service('explicit', [{ priority: 39_999, host: 'a.example', paths: ['/y'] }]),
    );
    expect(rules.map((rule) => rule.service)).toEqual(['explicit', 'paths', 'host']);
  });

  test('adding a route changes no other', () => {
    const before = plan(service('a', [{ host: 'a.example' }])).rules[0];
    const after = plan(service('b', [{ host: 'b.example' }]), service('a', [{ host: 'a.example' }])).rules;
    expect(after).toContainEqual(before);
    expect(after).toHaveLength(2);
  });

  test('a priority is not used twice', () => {
    const [first] = plan(service('a', [{ host: 'a.example' }])).rules;
    const { rules } = plan(service('a', [{ host: 'a.example' }]), service('b', [{ priority: first?.priority, paths: ['/b'] }]));
    expect(new Set(rules.map(({ priority }) => priority)).size).toBe(2);
  });

  test('two defaults, one priority twice, or six conditions are refused', () => {
    expect(() => plan(service('a', [{}]), service('b', [{}]))).toThrow('a and b both');
    expect(() => plan(service('a', [{ priority: 5 }]), service('b', [{ priority: 5 }]))).toThrow('priority 5');
    expect(() => plan(service('a', [{ priority: 5, host: 'a.example', paths: ['/1', '/2', '/3', '/4', '/5'] }]))).toThrow(
      'AWS allows 5',
    );
    expect(() => plan(service('a', [{ priority: 5, paths: ['/1', '/2', '/3', '/4', '/5'] }]))).not.toThrow();
  });
});

describe('routing of known host names only', () => {
  const names = ['shop.example', 'www.shop.example'];
  const planned = (...routes: Route[]) => planRouting([service('web', routes)], names);

  test('nothing is the default, and every rule names hosts', () => {
    const { defaultService, rules } = planned({ priority: 10, paths: ['/auth/*'] }, { paths: ['/api/*'] }, {});
    expect(defaultService).toBeUndefined();
    expect(rules.map(({ hosts }) => hosts)).toEqual([names, names, names]);
    expect(rules.at(-1)).toEqual({ id: 'rule-default', priority: 50_000, service: 'web', hosts: names });
  });

  test('a route with a host keeps it alone', () => {
    expect(planned({ host: 'api.shop.example' }).rules).toMatchObject([{ hosts: ['api.shop.example'] }]);
  });

  test('rules keep their addresses and priorities, so that the change is made in place', () => {
    const routes = [{ priority: 10, paths: ['/auth/*'] }, { paths: ['/api/*'] }, { host: 'api.shop.example' }];
    const place = ({ id, priority }: { id: string; priority: number }) => ({ id, priority });
    expect(planned(...routes).rules.map(place)).toEqual(planRouting([service('web', routes)]).rules.map(place));
  });

  test('names that do not fit into one rule are in further ones, each name once, the default last', () => {
    const many = Array.from({ length: 7 }, (_, index) => `${index}.shop.example`);
    const { rules } = planRouting([service('web', [{ paths: ['/a', '/b', '/c'] }, {}])], many);
    for (const { hosts = [], paths = [] } of rules) expect(hosts.length + paths.length).toBeLessThanOrEqual(5);
    expect(
      rules
        .filter(({ paths }) => paths !== undefined)
        .flatMap(({ hosts }) => hosts)
        .sort(),
    ).toEqual(many);
    expect(
      rules
        .slice(-2)
        .flatMap(({ hosts }) => hosts)
        .sort(),
    ).toEqual(many);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  test('a route with a priority that does not fit into one rule is refused', () => {
    expect(() => planned({ priority: 1, paths: ['/1', '/2', '/3', '/4'] })).toThrow('AWS allows 5');
  });
});

describe('outputs', () => {
  const outputs = (routes: readonly Route[], loadBalancerDnsName?: string) =>
    Object.entries(
      synthModule((stack) =>
        addAddressOutputs(stack, {
          workloads: { services: [service('api', routes)] },
          names: ['shop.example', 'api.shop.example'],
          loadBalancerDnsName,
        }),
      ).output ?? {},
    ).map(([name, { value }]) => [name, value]);

  it('are the name of the load balancer and the URL of every host that has a route', () => {
    expect(outputs([{ host: 'api.shop.example' }], 'lb.example')).toEqual([
      ['load_balancer_dns_name', 'lb.example'],
      ['url_api_shop_example', 'https://api.shop.example'],
    ]);
  });

  it('are the URLs of all names when a route has no host', () => {
    const names = outputs([{ host: 'api.shop.example' }, {}], 'lb.example').map(([name]) => name);
    expect(names).toEqual(['load_balancer_dns_name', 'url_api_shop_example', 'url_shop_example']);
  });

  it('do not exist without a load balancer', () => {
    expect(outputs([{}])).toEqual([]);
  });
});

describe('load balancer', () => {
  test('HTTP only redirects', () => {
    const http = resourcesOf(balancer(), 'aws_lb_listener').filter(({ port }) => port === 80);
    expect(http).toHaveLength(1);
    expect(http[0]?.default_action).toEqual([
      { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', status_code: 'HTTP_301' } },
    ]);
  });

  test('HTTPS uses TLS 1.2 and newer, with the certificate of the domain', () => {
    const synthesized = Testing.synthScope((scope) => void new ApplicationLoadBalancer(scope, 'load-balancer', props));
    expect(synthesized).toHaveResourceWithProperties(LbListener, {
      port: 443,
      protocol: 'HTTPS',
      ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      certificate_arn: 'arn:certificate',
    });
  });

  test('it drops invalid headers, writes access logs, and is in public subnets', () => {
    const synthesized = Testing.synthScope((scope) => void new ApplicationLoadBalancer(scope, 'load-balancer', props));
    expect(synthesized).toHaveResourceWithProperties(Lb, {
      internal: false,
      subnets: ['subnet-a', 'subnet-b'],
      drop_invalid_header_fields: true,
      desync_mitigation_mode: 'defensive',
      access_logs: { bucket: 'logs', prefix: 'load-balancers', enabled: true },
    });
  });

  test('an internal one has no public address', () => {
    expect(theOnly(balancer({ scheme: 'internal' }), 'aws_lb')).toMatchObject({ internal: true, name: 'shop-test-private' });
    expect(theOnly(balancer(), 'aws_lb').name).toBe('shop-test-public');
  });

  test("it passes on the visitor's Host header, which services build links and check names with", () => {
    expect(theOnly(balancer(), 'aws_lb').preserve_host_header).toBe(true);
  });

  test('it cannot be deleted exactly under protect', () => {
    expect(theOnly(balancer({ protect: true }), 'aws_lb').enable_deletion_protection).toBe(true);
    expect(theOnly(balancer({ protect: false }), 'aws_lb').enable_deletion_protection).toBe(false);
  });

  test('only the admitted networks may connect, on 443 and 80', () => {
    const rules = (module = balancer()) =>
      resourcesOf(module, 'aws_vpc_security_group_ingress_rule').map(({ from_port, to_port, cidr_ipv4, prefix_list_id }) => [
        from_port,
        to_port,
        cidr_ipv4 ?? prefix_list_id,
      ]);
    expect(rules().sort()).toEqual([
      [443, 443, '0.0.0.0/0'],
      [80, 80, '0.0.0.0/0'],
    ]);
    expect(rules(balancer({ admits: [{ cidr: '192.0.2.0/24' }, { cidr: '198.51.100.0/24' }] }))).toHaveLength(4);
    expect(resourcesOf(balancer(), 'aws_vpc_security_group_egress_rule')).toHaveLength(0);
  });

  test("a prefix list may connect on 443 only: CloudFront's counts as 55 of a security group's 60 rules", () => {
    const rules = resourcesOf(balancer({ admits: [{ prefixListId: 'pl-cloudfront' }] }), 'aws_vpc_security_group_ingress_rule');
    expect(rules.map(({ from_port, prefix_list_id }) => [from_port, prefix_list_id])).toEqual([[443, 'pl-cloudfront']]);
  });

  test('requests that no route matches are answered with 404, or go to the default service', () => {
    const defaultAction = (module: ReturnType<typeof balancer>) =>
      module.resource?.aws_lb_listener?.['load-balancer_listener']?.default_action;
    expect(defaultAction(balancer({ services: [service('api', [{ priority: 1, paths: ['/api/*'] }])] }))).toMatchObject([
      { type: 'fixed-response', fixed_response: { status_code: '404' } },
    ]);
    expect(defaultAction(balancer())).toEqual([
      { type: 'forward', target_group_arn: '${aws_lb_target_group.load-balancer_target-frontend_group.arn}' },
    ]);
  });

  test('a host name that is not known is answered with 404', () => {
    const module = balancer({ knownHosts: ['shop.example'] });
    expect(module.resource?.aws_lb_listener?.['load-balancer_listener']?.default_action).toMatchObject([
      { type: 'fixed-response', fixed_response: { status_code: '404' } },
    ]);
    for (const { condition } of resourcesOf(module, 'aws_lb_listener_rule')) {
      expect(condition).toContainEqual({ host_header: { values: ['shop.example'] } });
    }
  });

  test('rules match host and paths, and lead to their service', () => {
    const routes: readonly Route[] = [{ priority: 7, host: 'api.shop.example', paths: ['/v1/*'] }];
    expect(theOnly(balancer({ services: [service('api', routes)] }), 'aws_lb_listener_rule')).toMatchObject({
      priority: 7,
      condition: [{ host_header: { values: ['api.shop.example'] } }, { path_pattern: { values: ['/v1/*'] } }],
      action: [{ type: 'forward', target_group_arn: '${aws_lb_target_group.load-balancer_target-api_group.arn}' }],
    });
  });

  test('a rule that names neither host nor path still has the condition that AWS requires', () => {
    expect(theOnly(balancer({ services: [service('api', [{ priority: 7 }])] }), 'aws_lb_listener_rule').condition).toEqual([
      { path_pattern: { values: ['/*'] } },
    ]);
  });

  test('targets are judged by the timings of the service', () => {
    const timings = {
      ...health,
      path: '/api/health',
      intervalSeconds: 15,
      timeoutSeconds: 4,
      healthyThreshold: 3,
      unhealthyThreshold: 5,
    };
    const group = theOnly(balancer({ services: [{ ...service('api', [{}], 9000), health: timings }] }), 'aws_lb_target_group');
    expect(group).toMatchObject({
      port: 9000,
      target_type: 'ip',
      health_check: {
        path: '/api/health',
        interval: 15,
        timeout: 4,
        healthy_threshold: 3,
        unhealthy_threshold: 5,
        matcher: '200',
      },
    });
  });

  test('a new port creates a group with another name next to the old one, within 32 characters', () => {
    const nameFor = (port: number) =>
      theOnly(
        balancer({ environment: 'infrar-production', services: [service('platform-api', [{}], port)] }),
        'aws_lb_target_group',
      );
    expect(nameFor(8080).name).not.toBe(nameFor(9090).name);
    expect(nameFor(8080).name.length).toBeLessThanOrEqual(32);
    expect(nameFor(8080).lifecycle).toEqual({ create_before_destroy: true });
  });
});
