/** Who can connect to whom, on the tiers that isolate containers: exactly what the description declares. */
import fc from 'fast-check';
import { parseEnvironment } from '../../src/config';
import { manifestList } from '../../src/tiers/kubernetes/workloads/manifests';
import { CALLERS, calling, edgesOf, portOf, SERVICES, type Calls } from '../support/calls';
import { manifestsOf } from '../support/kubernetes';
import { synthEnvironment, type RootModule } from '../support/synth';

const graphs: fc.Arbitrary<Calls> = fc.record(
  Object.fromEntries(SERVICES.map((service) => [service, fc.subarray([...CALLERS])])),
);

const EGRESS = [{ cidr: '203.0.113.0/24', port: 22 }];

/** The workload, or the other name, of a reference to a security group in the compute stack. */
function partyOf(reference: unknown): string {
  const [, task] =
    /^\$\{aws_security_group\.(?:service|worker|job)-(\w+)_security_tasks_group\.id\}$/.exec(String(reference)) ?? [];
  return task ?? (String(reference).includes('load-balancer') ? 'load balancer' : String(reference));
}

/** The rules of task groups as text, in one direction: `from -> to:port`. */
function rulesOf(module: RootModule, direction: 'ingress' | 'egress'): readonly string[] {
  return Object.values(module.resource?.[`aws_vpc_security_group_${direction}_rule`] ?? {})
    .map((rule) => {
      const peer = rule.referenced_security_group_id === undefined ? rule.cidr_ipv4 : partyOf(rule.referenced_security_group_id);
      const [from, to] =
        direction === 'ingress' ? [peer, partyOf(rule.security_group_id)] : [partyOf(rule.security_group_id), peer];
      expect([rule.ip_protocol, rule.from_port]).toEqual(['tcp', rule.to_port]);
      return `${from} -> ${to}:${rule.from_port}`;
    })
    .filter((edge) => !edge.includes('-> load balancer'))
    .sort();
}

function fargate(calls: Calls): RootModule {
  const environment = parseEnvironment(calling(calls, { network: { cidr: '10.0.0.0/16', nat: 'single', egress: EGRESS } }));
  return synthEnvironment(environment)['shop-test-compute-fargate'] as RootModule;
}

const BALANCER = `load balancer -> web:${portOf('web')}`;

test('Fargate: security groups admit the declared callers and the load balancer, on both sides, and nothing else', () => {
  fc.assert(
    fc.property(graphs, (calls) => {
      const module = fargate(calls);
      const edges = edgesOf(calls);
      expect(rulesOf(module, 'ingress')).toEqual([...edges, BALANCER].sort());
      const out = CALLERS.flatMap((caller) => [`${caller} -> 0.0.0.0/0:443`, `${caller} -> 203.0.113.0/24:22`]);
      expect(rulesOf(module, 'egress')).toEqual([...edges, ...out, BALANCER].sort());
    }),
    { numRuns: 15 },
  );
});

interface Peer {
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly ipBlock?: { readonly cidr: string };
}

const podOf = (selector: Peer['podSelector']): string => selector?.matchLabels['app.kubernetes.io/name'] ?? 'everybody';
const peerName = ({ podSelector, ipBlock }: Peer): string => ipBlock?.cidr ?? podOf(podSelector);

/** What the policies of workloads admit, in one direction. */
function policiesOf(calls: Calls, direction: 'ingress' | 'egress'): readonly string[] {
  const input = calling(calls, { tier: 'kubernetes', network: { cidr: '10.0.0.0/16', nat: 'single', egress: EGRESS } });
  const policies = manifestList(manifestsOf(parseEnvironment(input))).filter(({ kind }) => kind === 'NetworkPolicy') as any[];
  const own = policies.filter(({ metadata }) => CALLERS.includes(metadata.name));
  return own
    .flatMap(({ spec }) => {
      const pod = podOf(spec.podSelector);
      const rules: readonly any[] = spec[direction] ?? [];
      expect(spec.policyTypes.includes(direction === 'ingress' ? 'Ingress' : 'Egress')).toBe(rules.length > 0);
      return rules.flatMap((rule) => {
        const peers: readonly Peer[] = direction === 'ingress' ? rule.from : rule.to;
        expect(rule.ports).toEqual([{ protocol: 'TCP', port: expect.any(Number) }]);
        const [{ port }] = rule.ports;
        return peers.map((peer) =>
          direction === 'ingress' ? `${peerName(peer)} -> ${pod}:${port}` : `${pod} -> ${peerName(peer)}:${port}`,
        );
      });
    })
    .sort();
}

test('Kubernetes: network policies admit the declared callers and the load balancer, on both sides, and nothing else', () => {
  fc.assert(
    fc.property(graphs, (calls) => {
      const edges = edgesOf(calls);
      const balancer = ['10.0.192.0/20', '10.0.208.0/20'].map((cidr) => `${cidr} -> web:${portOf('web')}`);
      expect(policiesOf(calls, 'ingress')).toEqual([...edges, ...balancer].sort());
      const out = CALLERS.map((caller) => `${caller} -> 203.0.113.0/24:22`);
      expect(policiesOf(calls, 'egress')).toEqual([...edges, ...out].sort());
    }),
    { numRuns: 30 },
  );
});
