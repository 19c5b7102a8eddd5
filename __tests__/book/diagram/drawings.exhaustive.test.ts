/**
 * What is drawn is what is deployed: nodes and arrows compared with the synthesised JSON. Then the other tests of drawings: for jest
 * they are one file, because laying out takes longer than everything that is asked of the result.
 */
import { kindOf } from '../../../src/contracts/stack-kinds';
import type { Diagram, DiagramEdge, DiagramNode, Place } from '../../../src/book/diagram';
import { edgesOf } from '../../support/calls';
import type { RootModule } from '../../support/synth';
import { everyDrawing } from './drawn';
import { CALLS, elaborate } from './elaborate';
import './geometry';
import './svg';

beforeAll(async () => {
  await everyDrawing();
  await elaborate();
}, 240_000);

/** Each of these is drawn, once. */
const DRAWN_TYPES = [
  'aws_vpc',
  'aws_subnet',
  'aws_nat_gateway',
  'aws_lb',
  'kubernetes_ingress_v1',
  'aws_ecs_service',
  'aws_ecs_task_definition',
  'aws_instance',
  'aws_ebs_volume',
  'aws_eks_cluster',
  'aws_eks_node_group',
  'kubernetes_deployment_v1',
  'kubernetes_cron_job_v1',
  'aws_serverlessapplicationrepository_cloudformation_stack',
  'aws_codebuild_project',
  'aws_db_instance',
  'aws_elasticache_replication_group',
  'aws_efs_file_system',
  'aws_s3_bucket',
  'aws_sqs_queue',
  'aws_cloudfront_distribution',
  'aws_wafv2_web_acl',
  'aws_route53_health_check',
  'aws_amplify_app',
  'cloudflare_pages_project',
  'aws_sns_topic',
  'aws_ecr_repository',
  'aws_secretsmanager_secret',
  'aws_kms_key',
  'aws_cloudwatch_log_group',
] as const;

/** These are no resources of the environment: their addresses are those of what admits them. */
const OUTSIDE: readonly DiagramNode['kind'][] = ['internet', 'admitted-networks', 'proxy-network'];

interface Case {
  readonly name: string;
  readonly environment: string;
  readonly stacks: ReadonlyMap<string, RootModule>;
  readonly diagram: Diagram;
}

async function all(): Promise<readonly Case[]> {
  return [
    ...(await everyDrawing()).map((drawn) => ({ ...drawn, environment: drawn.name })),
    ...(await elaborate()).map((drawn) => ({ ...drawn, environment: [...drawn.stacks.keys()][0]!.replace(/-compute-.*/, '') })),
  ];
}

const own = ({ environment, stacks }: Case) =>
  [...stacks].filter(([id]) => kindOf(id) !== undefined && id === `${environment}-${kindOf(id)}`);

function blockAt({ stacks }: Case, { stack, address }: Place): any {
  const [type = '', name = ''] = address.replace(/^data\./, '').split('.');
  const module = stacks.get(stack);
  return (address.startsWith('data.') ? module?.data : module?.resource)?.[type]?.[name];
}

const rulesOf = (one: Case, { allowedBy }: DiagramEdge, type: string): readonly any[] =>
  allowedBy.filter(({ address }) => address.startsWith(`${type}.`)).map((place) => blockAt(one, place));

/** The nodes of a workload, by the beginning of its resources' names. */
const ofWorkload = ({ diagram: { nodes } }: Case, workload: string): readonly DiagramNode[] =>
  nodes.filter(({ addresses }) =>
    addresses.some(({ address }) => address.slice(address.indexOf('.') + 1).startsWith(`${workload}_`)),
  );

describe('nodes', () => {
  it('all show resources that exist', async () => {
    for (const one of await all()) {
      const { nodes, groups } = one.diagram;
      for (const { addresses } of [...nodes, ...groups])
        for (const place of addresses) expect([place, blockAt(one, place)]).toEqual([place, expect.anything()]);
      for (const { id, addresses } of nodes) if (id !== 'internet') expect([id, addresses.length]).not.toEqual([id, 0]);
    }
  });

  it.each(DRAWN_TYPES)('show every %s exactly once', async (type) => {
    for (const one of await all()) {
      const inside = one.diagram.nodes.filter(({ kind }) => !OUTSIDE.includes(kind));
      const shown = [...inside, ...one.diagram.groups].flatMap(({ addresses }) => addresses);
      for (const [stack, module] of own(one)) {
        for (const name of Object.keys(module.resource?.[type] ?? {})) {
          const address = `${type}.${name}`;
          expect([one.name, address, shown.filter((place) => place.stack === stack && place.address === address).length]).toEqual(
            [one.name, address, 1],
          );
        }
      }
    }
  });
});

describe('arrows', () => {
  it('lead from and to what is drawn, and are allowed by what exists', async () => {
    for (const one of await all()) {
      const known = new Set([...one.diagram.nodes, ...one.diagram.groups].map(({ id }) => id));
      for (const { from, to, allowedBy } of one.diagram.edges) {
        expect(known).toContain(from);
        expect(known).toContain(to);
        expect(allowedBy.length).toBeGreaterThan(0);
        for (const place of allowedBy) expect([place, blockAt(one, place)]).toEqual([place, expect.anything()]);
      }
    }
  });

  it('with a port have a rule for it, on both sides between security groups', async () => {
    for (const one of await all()) {
      for (const edge of one.diagram.edges.filter(({ kind }) => kind === 'traffic')) {
        const ingress = rulesOf(one, edge, 'aws_vpc_security_group_ingress_rule');
        const egress = rulesOf(one, edge, 'aws_vpc_security_group_egress_rule');
        const between = ingress.some(
          (rule) =>
            String(rule.referenced_security_group_id ?? '').includes('security_group') &&
            !String(rule.referenced_security_group_id).includes('aws_eks_cluster'),
        );
        const has = (rules: readonly any[], port: string): boolean =>
          rules.some((rule) => rule.ip_protocol === '-1' || (rule.from_port <= Number(port) && Number(port) <= rule.to_port));
        for (const port of edge.ports) {
          if (ingress.length > 0) expect([edge.id, port, has(ingress, port)]).toEqual([edge.id, port, true]);
          if (between) expect([edge.id, port, has(egress, port)]).toEqual([edge.id, port, true]);
        }
      }
    }
  });

  it('lead from every workload to the data that its rules admit it to', async () => {
    const paths: string[] = [];
    for (const one of await all()) {
      for (const [, module] of own(one)) {
        for (const [name, rule] of Object.entries(module.resource?.aws_vpc_security_group_ingress_rule ?? {})) {
          const [, workload, target] = /^(.+)_security_(database|cache|files?|file-system)-in$/.exec(name) ?? [];
          if (workload === undefined || target === undefined) continue;
          const kind = { database: 'database', cache: 'cache' }[target] ?? 'file-system';
          const from = ofWorkload(one, workload).map(({ id }) => id);
          const found = one.diagram.edges.filter(
            (edge) =>
              from.includes(edge.from) &&
              edge.ports.includes(String(rule.from_port)) &&
              one.diagram.nodes.find(({ id }) => id === edge.to)?.kind === kind,
          );
          paths.push(name);
          expect([one.name, name, found.length]).toEqual([one.name, name, 1]);
        }
        for (const [name, { spec }] of Object.entries(module.resource?.kubernetes_network_policy_v1 ?? {})) {
          const workload = /^(.+)_policy$/.exec(name)?.[1] ?? '';
          const ports: readonly string[] = (spec.egress ?? []).flatMap((rule: any) =>
            rule.ports.map(({ port }: any) => String(port)),
          );
          const from = ofWorkload(one, workload).map(({ id }) => id);
          for (const port of ports.filter((each) => ['5432', '6379'].includes(each) && from.length > 0)) {
            paths.push(name);
            expect([
              one.name,
              name,
              one.diagram.edges.some((edge) => from.includes(edge.from) && edge.ports.includes(port)),
            ]).toEqual([one.name, name, true]);
          }
        }
      }
    }
    expect(paths.length).toBeGreaterThan(25);
  });

  it.each(['calls', 'calls of pods'])('lead from each caller to what it calls, and to no other: %s', async (name) => {
    const one = (await elaborate()).find((each) => each.name === name)!;
    const containers = one.diagram.nodes.filter(({ kind }) => ['service', 'worker', 'job'].includes(kind));
    const title = (id: string) => containers.find((node) => node.id === id)?.title;
    const calls = one.diagram.edges
      .filter(({ from, to }) => title(from) !== undefined && title(to) !== undefined)
      .flatMap(({ from, to, ports }) => ports.map((port) => `${title(from)} -> ${title(to)}:${port}`));
    // An arrow from a container to itself is not drawn.
    expect(calls.sort()).toEqual(edgesOf({ ...CALLS, reports: ['api'] }));
  });
});
