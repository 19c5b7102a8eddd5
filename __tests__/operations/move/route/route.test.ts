import { closeRoute, openRoute, type RouteParts } from '../../../../src/operations/move/route/route';
import type * as Waiting from '../../../../src/aws/waiting';
import { KilledAtCall, NetworkOfAws } from '../../../support/network-of-aws';

jest.mock('../../../../src/aws/waiting', () => {
  const actual = jest.requireActual<typeof Waiting>('../../../../src/aws/waiting');
  const soon: typeof actual.waitFor = (look, options) => actual.waitFor(look, { ...options, everySeconds: 0.001 });
  return { ...actual, waitFor: soon };
});

const TOOLS = { report: () => undefined };
const MOVE = 'move_20261128t100000';

function between(aws: NetworkOfAws, region?: string): RouteParts {
  const [from, to] = [aws.end('new', region), aws.end('old')];
  return { move: MOVE, asks: from.aws, answers: to.aws, crossings: () => Promise.resolve([{ from, to, port: 5432 }]) };
}

const OPEN = [
  'pcx-1 active',
  ...['rtb-new-1', 'rtb-new-main'].flatMap((table) => [`${table} 10.2.0.0/24 pcx-1`, `${table} 10.2.1.0/24 pcx-1`]),
  ...['rtb-old-1', 'rtb-old-main'].flatMap((table) => [`${table} 10.1.0.0/24 pcx-1`, `${table} 10.1.1.0/24 pcx-1`]),
  ...['10.2.0.0/24', '10.2.1.0/24'].map((cidr) => `sg-new to ${cidr} 5432`),
  ...['10.1.0.0/24', '10.1.1.0/24'].map((cidr) => `sg-old from ${cidr} 5432`),
].sort();

/** Calls again and again, each time with a kill a little later, until one comes through. */
async function killedEverywhere(aws: NetworkOfAws, work: () => Promise<unknown>): Promise<number> {
  for (let point = 0; ; point += 1) {
    aws.killAfter = point;
    try {
      await work();
      return point;
    } catch (error) {
      if (!(causeOf(error) instanceof KilledAtCall)) throw error;
    } finally {
      aws.killAfter = Infinity;
    }
  }
}

function causeOf(error: unknown): unknown {
  const { cause } = error as { readonly cause?: unknown };
  return cause === undefined ? error : causeOf(cause);
}

describe.each([
  ['in one region', undefined],
  ['between regions', 'us-east-1'],
])('a route between two networks %s', (_, region) => {
  it('is a peering, routes in every table of both sides, and rules for their subnets only', async () => {
    const aws = new NetworkOfAws();
    const outcome = await openRoute(between(aws, region), TOOLS);
    expect(outcome).toMatchObject({ kind: 'done', notes: ['vpc-new and vpc-old are connected by pcx-1', expect.any(String)] });
    expect(aws.left).toEqual(OPEN);
    for (const made of [...aws.rules, ...aws.peerings]) expect(made.Tags).toContainEqual({ Key: 'terrace:move', Value: MOVE });
  });

  it('is made once, whenever the command was killed', async () => {
    const aws = new NetworkOfAws();
    expect(await killedEverywhere(aws, () => openRoute(between(aws, region), TOOLS))).toBeGreaterThan(20);
    expect(aws.left.map((line) => line.replace(/pcx-\d+/, 'pcx-1'))).toEqual(OPEN);
    expect(aws.peerings.filter(({ Status: { Code: code } }) => code !== 'deleted')).toHaveLength(1);
  });

  it('leaves nothing when it is closed, whenever the opening and the closing were killed', async () => {
    const whole = new NetworkOfAws();
    await openRoute(between(whole, region), TOOLS);
    const calls = whole.calls.length * 2;
    for (let point = 0; point <= calls; point += 1) {
      const aws = new NetworkOfAws();
      aws.killAfter = point;
      await openRoute(between(aws, region), TOOLS).catch(() => undefined);
      await killedEverywhere(aws, () => closeRoute(between(aws, region), TOOLS));
      expect({ point, left: aws.left }).toEqual({ point, left: [] });
    }
  });
});

describe('a route inside one network', () => {
  const inside = (aws: NetworkOfAws): RouteParts => {
    const [from, to] = [aws.end('new'), { ...aws.end('old'), vpcId: 'vpc-new' }];
    return { move: MOVE, asks: from.aws, answers: to.aws, crossings: () => Promise.resolve([{ from, to, port: 5432 }]) };
  };

  it('is two rules between two groups, and no peering', async () => {
    const aws = new NetworkOfAws();
    await openRoute(inside(aws), TOOLS);
    expect(aws.left).toEqual(['sg-new to sg-old 5432', 'sg-old from sg-new 5432']);
    await closeRoute(inside(aws), TOOLS);
    expect(aws.left).toEqual([]);
  });

  it('leaves what somebody else has made', async () => {
    const aws = new NetworkOfAws();
    aws.rules.push({ SecurityGroupRuleId: 'sgr-own', GroupId: 'sg-old', IsEgress: false, peer: 'sg-new', port: 5432, Tags: [] });
    await openRoute(inside(aws), TOOLS);
    await closeRoute(inside(aws), TOOLS);
    expect(aws.left).toEqual(['sg-old from sg-new 5432']);
  });
});

describe('networks that are connected already', () => {
  const connected = (): NetworkOfAws => {
    const aws = new NetworkOfAws();
    aws.peerings.push({
      VpcPeeringConnectionId: 'pcx-own',
      RequesterVpcInfo: { VpcId: 'vpc-old' },
      AccepterVpcInfo: { VpcId: 'vpc-new' },
      Tags: [],
      Status: { Code: 'active' },
      looks: 9,
    });
    return aws;
  };

  it('keep their peering, of which only the missing routes are named', async () => {
    const aws = connected();
    await expect(openRoute(between(aws), TOOLS)).rejects.toThrow(/pcx-own, and rtb-new-1 .* has no route for 10\.2\.0\.0\/24/s);
    for (const { RouteTableId: table, VpcId: vpc, Routes: routes } of aws.tables)
      for (const last of ['0', '1'])
        routes.push({
          table,
          DestinationCidrBlock: `10.${vpc === 'vpc-new' ? 2 : 1}.${last}.0/24`,
          VpcPeeringConnectionId: 'pcx-own',
        });
    expect(await openRoute(between(aws), TOOLS)).toMatchObject({
      notes: [expect.stringContaining('pcx-own, which stays'), expect.any(String)],
    });
    await closeRoute(between(aws), TOOLS);
    expect(aws.routes).toHaveLength(8);
    expect(aws.rules).toEqual([]);
    expect(aws.peerings).toMatchObject([{ Status: { Code: 'active' } }]);
  });

  it('are not led elsewhere than they are', async () => {
    const aws = new NetworkOfAws();
    aws.tables[1]?.Routes.push({ DestinationCidrBlock: '10.2.0.0/24', TransitGatewayId: 'tgw-1' });
    await expect(openRoute(between(aws), TOOLS)).rejects.toThrow('rtb-new-1 leads 10.2.0.0/24 to tgw-1 already');
  });

  it('are refused with the reason of AWS', async () => {
    const aws = new NetworkOfAws();
    aws.peerings.push({
      VpcPeeringConnectionId: 'pcx-1',
      RequesterVpcInfo: { VpcId: 'vpc-new' },
      AccepterVpcInfo: { VpcId: 'vpc-old' },
      Tags: [{ Key: 'terrace:move', Value: MOVE }],
      Status: { Code: 'provisioning' },
      looks: 9,
    });
    const parts = between(aws);
    const refusing = aws.peerings[0]!;
    Object.defineProperty(refusing, 'Status', {
      get: () => (aws.calls.length > 2 ? { Code: 'failed', Message: 'overlapping CIDR' } : { Code: 'provisioning' }),
      set: () => undefined,
    });
    await expect(openRoute(parts, TOOLS)).rejects.toThrow('AWS refuses a peering of vpc-new and vpc-old: overlapping CIDR');
  });
});
