/** `egress`: what containers reach besides HTTPS, on every tier; and mail through the endpoint of SES. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { boxed, boxSection } from '../support/boxed';
import { example } from '../support/example';
import { manifest, manifestsOf } from '../support/kubernetes';
import { synthEnvironment, type RootModule } from '../support/synth';

const MAIL = { endpoint: 'email-smtp', port: 587 } as const;
const PARTNER = { cidr: '203.0.113.10/32', port: 22 };
const network = { cidr: '10.0.0.0/16', nat: 'single', interfaceEndpoints: ['email-smtp'] } as const;
const worker = { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 1, max: 1 } };

/** The example, whose worker sends mail and files, and whose service does neither. */
const sending = (changes: Partial<EnvironmentInput> = {}) =>
  example({
    network: { ...network, interfaceEndpoints: [...network.interfaceEndpoints] },
    workers: { mailer: { ...worker, egress: [MAIL, PARTNER] } },
    ...changes,
  });

/** `out 22 203.0.113.10/32` of the rules whose address contains a text; references by what they name. */
function rules(module: RootModule, part: string): readonly string[] {
  return (['ingress', 'egress'] as const)
    .flatMap((direction) =>
      Object.entries(module.resource?.[`aws_vpc_security_group_${direction}_rule`] ?? {})
        .filter(([id]) => id.includes(part))
        .map(([, rule]) => {
          const peer = rule.cidr_ipv4 ?? /endpoint|tasks|host|cluster/.exec(String(rule.referenced_security_group_id))?.[0];
          return `${direction === 'ingress' ? 'in' : 'out'} ${rule.from_port} ${peer}`;
        }),
    )
    .sort();
}

const compute = (input: EnvironmentInput): RootModule =>
  synthEnvironment(parseEnvironment(input))[`shop-test-compute-${input.tier}`] as RootModule;

describe('on Fargate', () => {
  const module = compute(sending());

  test('the container that asks reaches the endpoint and the partner', () => {
    expect(rules(module, 'worker-mailer_security_')).toEqual([
      'in 443 tasks',
      'in 587 tasks',
      'out 22 203.0.113.10/32',
      'out 443 0.0.0.0/0',
      'out 443 endpoint',
      'out 587 endpoint',
    ]);
  });

  test('others do not', () => {
    expect(rules(module, 'service-api_security_').filter((rule) => / (22|587) /.test(rule))).toEqual([]);
    expect(rules(module, 'job-database-init_security_').filter((rule) => / (22|587) /.test(rule))).toEqual([]);
  });

  test('a default of the environment is for all of its containers, but not for those that Terrace adds', () => {
    const all = compute(
      sending({ network: { ...network, interfaceEndpoints: ['email-smtp'], egress: [MAIL] }, workers: { mailer: worker } }),
    );
    expect(rules(all, '_email-smtp-587')).toEqual(['in 587 tasks', 'in 587 tasks', 'out 587 endpoint', 'out 587 endpoint']);
    expect(rules(all, 'job-database-init_security_email')).toEqual([]);
  });
});

describe('on Kubernetes', () => {
  const input = sending({ tier: 'kubernetes' });

  test('the policy of the pod that asks allows the subnets of the endpoint and the partner', () => {
    const manifests = manifestsOf(parseEnvironment(input));
    expect(manifest(manifests, 'NetworkPolicy', 'mailer').spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'mailer' } },
      policyTypes: ['Egress'],
      ingress: undefined,
      egress: [
        {
          to: [{ ipBlock: { cidr: '10.0.0.0/18' } }, { ipBlock: { cidr: '10.0.64.0/18' } }],
          ports: [{ protocol: 'TCP', port: 587 }],
        },
        { to: [{ ipBlock: { cidr: '203.0.113.10/32' } }], ports: [{ protocol: 'TCP', port: 22 }] },
      ],
    });
    const ports = JSON.stringify(manifest(manifests, 'NetworkPolicy', 'api').spec.egress);
    expect(ports).not.toMatch(/587|"port":22/);
  });

  test('the endpoint admits the pods on this port, once', () => {
    expect(rules(compute(input), 'email-smtp')).toEqual(['in 587 cluster']);
    expect(rules(compute(sending({ tier: 'kubernetes', workers: {} })), 'email-smtp')).toEqual([]);
  });
});

describe('on the box', () => {
  const box = (changes: Partial<EnvironmentInput> = {}) =>
    boxed({
      network: { cidr: '10.0.0.0/16', nat: 'none', interfaceEndpoints: ['email-smtp'] },
      workers: { mailer: { ...worker, egress: [MAIL, PARTNER] }, other: { ...worker, egress: [PARTNER] } },
      ...changes,
    });

  test('the host reaches what any container asks for, each with one rule', () => {
    const module = compute(box());
    expect(rules(module, 'security_email')).toEqual(['in 587 host', 'out 587 endpoint']);
    expect(rules(module, 'security_egress')).toEqual(['out 22 203.0.113.10/32']);
  });

  test('what is open already gets no second rule', () => {
    const open = { cidr: '0.0.0.0/0', port: 80 };
    const acknowledge = {
      'egress-wide': { 'workers.mailer.egress[0] = port 80 of 0.0.0.0/0': 'pages of customers are fetched' },
    };
    const web = compute(box({ workers: { mailer: { ...worker, egress: [open, MAIL] } }, acknowledge }));
    expect(rules(web, 'security_egress')).toEqual([]);
    const everything = compute(box({ box: boxSection({ egress: 'all' }) }));
    expect(rules(everything, 'security_egress')).toEqual([]);
    expect(rules(everything, 'security_email')).toEqual(['in 587 host', 'out 587 endpoint']);
  });
});
