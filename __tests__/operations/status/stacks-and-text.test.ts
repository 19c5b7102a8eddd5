/** Stacks next to their states, and the whole status as text. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ago, duration, shortImage } from '../../../src/operations/status/ages';
import { readStatus } from '../../../src/operations/status/read-status';
import type { Status } from '../../../src/operations/status/status';
import { renderStatus } from '../../../src/operations/status/render';
import { example } from '../../support/example';
import { stubTarget } from '../../support/stub-target';

const NOW = new Date('2026-11-28T10:00:00Z');

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'terrace-status-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

function module(id: string, ...addresses: readonly string[]): void {
  const resource: Record<string, Record<string, object>> = {};
  for (const [type = '', name = ''] of addresses.map((address) => address.split('.')))
    resource[type] = { ...resource[type], [name]: {} };
  mkdirSync(join(home, 'cdktf.out', 'stacks', id), { recursive: true });
  writeFileSync(
    join(home, 'cdktf.out', 'stacks', id, 'cdk.tf.json'),
    JSON.stringify({ terraform: { backend: { local: {} } }, resource }),
  );
}

function state(id: string, ...addresses: readonly string[]): void {
  const resources = addresses.map((address) => ({ mode: 'managed', type: address.split('.')[0], name: address.split('.')[1] }));
  const file = join(home, `terraform.${id}.tfstate`);
  writeFileSync(
    file,
    JSON.stringify({ version: 4, outputs: {}, resources: [...resources, { mode: 'data', type: 'aws_region', name: 'x' }] }),
  );
  utimesSync(file, NOW, new Date(NOW.getTime() - 3 * 86_400_000));
}

async function stacks(): Promise<readonly string[]> {
  const target = stubTarget(example({ name: 'shop-prod' }), { output: join(home, 'cdktf.out') });
  const { parts } = await readStatus(target, { now: NOW, environments: [] });
  return parts[0]!.rows.map(({ mark, name, text }) => `${mark}: ${name}: ${text}`);
}

describe('stacks', () => {
  it('are compared with their states, in deploy order, and not with those of other environments', async () => {
    module('shop-prod-data', 'aws_sqs_queue.a', 'aws_sqs_queue.b');
    module('shop-prod-network', 'aws_vpc.main');
    module('shop-prod-edge', 'aws_x.y');
    module('shop-prod-eu-network', 'aws_vpc.main');
    module('zone-shop', 'aws_route53_zone.main');
    state('shop-prod-network', 'aws_vpc.main');
    state('shop-prod-data', 'aws_sqs_queue.a', 'aws_sqs_queue.old', 'aws_sqs_queue.older');
    expect(await stacks()).toEqual([
      'fine: network: 1 resources, written 3 days ago',
      'note: data: 3 resources, written 3 days ago; changed since: 1 to add, 2 to remove (aws_sqs_queue.b)',
      'note: edge: not deployed',
    ]);
  });

  it('need a synthesis', async () =>
    expect(await stacks()).toEqual([`note: none: ${home}/cdktf.out has no stacks of shop-prod: run npm run synth -- shop-prod`]));

  it('say why a state cannot be read', async () => {
    module('shop-prod-network', 'aws_vpc.main');
    writeFileSync(join(home, 'terraform.shop-prod-network.tfstate'), '{"resources":5}');
    expect(await stacks()).toEqual(["unknown: not read: the state of shop-prod-network is not one of Terraform's"]);
  });
});

describe('the text of a status', () => {
  const row = (mark: 'fine' | 'note' | 'wrong' | 'unknown', name: string, text: string) => ({ mark, name, text, facts: {} });
  const STATUS: Status = {
    environment: 'shop-prod',
    tier: 'fargate',
    region: 'eu-west-1',
    readAt: '2026-11-28T10:00:00.000Z',
    isFine: false,
    parts: [
      { name: 'stacks', rows: [row('fine', 'network', '27 resources, written 3 days ago'), row('note', 'edge', 'not deployed')] },
      { name: 'services', rows: [row('wrong', 'api', '1 of 2 running, shop/prod/api:v12, for 3 hours')] },
      { name: 'jobs', rows: [] },
      { name: 'alarms', rows: [row('wrong', 'api-cpu', `rings since 5 hours: ${'x'.repeat(90)}`)] },
      { name: 'cost', rows: [row('unknown', 'not read', 'reading cost: AWS refuses it: not authorized')] },
    ],
  };

  it('fits on a screen of 100 columns, with a mark on every line, and without what is not there', () => {
    const text = renderStatus(STATUS);
    expect(text).toBe(`\
shop-prod   fargate in eu-west-1   2026-11-28 10:00 UTC

stacks
  ok  network                 27 resources, written 3 days ago
  --  edge                    not deployed

services
  !!  api                     1 of 2 running, shop/prod/api:v12, for 3 hours

alarms
  !!  api-cpu                 rings since 5 hours: ${'x'.repeat(48)}…

cost
  ??  not read                reading cost: AWS refuses it: not authorized

!! 2 wrong: services, alarms   ?? 1 not read: cost`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(100);
  });

  it('says that nothing is wrong', () =>
    expect(renderStatus({ ...STATUS, parts: STATUS.parts.slice(0, 1) })).toMatch(/\n\nok nothing is wrong$/));
});

describe('an age', () => {
  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [90, '90 seconds'],
    [150, '2 minutes'],
    [5400, '90 minutes'],
    [3 * 3600, '3 hours'],
    [47 * 3600, '47 hours'],
    [48 * 3600, '2 days'],
    [-5, '0 seconds'],
  ])('of %d seconds is %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it('is told from a time', () => expect(ago(new Date(NOW.getTime() - 7_200_000), NOW)).toBe('2 hours ago'));
});

it.each([
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/api:v1', 'shop/api:v1'],
  [`ghcr.io/shop/api@sha256:${'0123456789abcdef'.repeat(4)}`, 'shop/api@sha256:0123456789ab'],
  ['nginx:1.27', 'nginx:1.27'],
])('the image %s is short: %s', (image, short) => expect(shortImage(image)).toBe(short));
