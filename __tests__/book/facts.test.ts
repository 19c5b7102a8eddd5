/** The facts of a book, compared with the synthesised JSON that they are from. */
import { accessOf } from '../../src/book/facts/access';
import { assumptionsIn, describes, neighboursOf } from '../../src/book/facts/assumptions';
import { commandsOf } from '../../src/book/facts/commands';
import { connectionsOf } from '../../src/book/facts/connections';
import { podPoliciesOf } from '../../src/book/facts/pods';
import { availabilityOf, recoveriesOf } from '../../src/book/facts/recovery';
import { allOf } from '../../src/book/facts/references';
import { longestGapHours, scheduleInWords, schedulesOf } from '../../src/book/facts/schedules';
import { boxed } from '../support/boxed';
import { richKubernetes } from '../support/kubernetes';
import { changed, rich } from '../support/rich';
import { bookOf } from './support';

const shop = bookOf(rich());
const name = shop.environment.identity.environment;
const host = bookOf(boxed());
const cluster = bookOf(richKubernetes());

describe('who may talk to whom', () => {
  const { connections } = connectionsOf(name, shop.modules);
  const between = (from: string, to: string) => connections.find((one) => one.from === from && one.to === to);

  it('has the ports of the rules', () => {
    expect(between('api', 'database')?.ports).toEqual(['5432']);
    expect(between('api', 'cache')?.ports).toEqual(['6379']);
    expect(between('load-balancer', 'api')?.ports).toEqual(['8080']);
    expect(between('api', 'internet')?.ports).toEqual(['443']);
  });

  it('has no connection without a rule', () => {
    expect(between('load-balancer', 'database')).toBeUndefined();
    expect(between('internet', 'database')).toBeUndefined();
  });

  it('contains every synthesised rule exactly once', () => {
    const types = ['aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'];
    for (const { environment, modules } of [shop, host, cluster]) {
      const drawn = connectionsOf(environment.identity.environment, modules).connections.flatMap(({ rules }) => rules);
      const synthesised = types.flatMap((type) => allOf(modules, type).map(({ address }) => address));
      expect([...drawn].sort()).toEqual([...synthesised].sort());
    }
  });

  it('marks a rule whose other side is missing', () => {
    const { [`${name}-network`]: network, ...others } = shop.modules;
    const oneSided = Object.fromEntries(
      Object.entries({ [`${name}-network`]: network!, ...others }).map(([id, module]) => [
        id,
        { ...module, resource: { ...module.resource, aws_vpc_security_group_egress_rule: {} } },
      ]),
    );
    const found = connectionsOf(name, oneSided).connections.find(({ from, to }) => from === 'api' && to === 'database');
    expect(found?.missing).toBe('egress of the sender');
    expect(connections.filter(({ missing }) => missing !== undefined)).toEqual([]);
  });

  it('names what a host with the world as its client admits', () => {
    const { connections: of } = connectionsOf(host.environment.identity.environment, host.modules);
    expect(of.find(({ from, to }) => from === 'internet' && to === 'box')?.ports).toEqual(['80', '443']);
  });

  it('lists the network policies of a cluster', () => {
    const policies = podPoliciesOf(cluster.modules);
    expect(policies.map(({ pods }) => pods)).toContain('api');
    expect(policies.find(({ pods }) => pods === 'api')?.receive).toEqual(['8080 from public subnets']);
  });
});

describe('who may read what', () => {
  const { accesses, unreadable } = accessOf(name, shop.modules);
  const how = (who: string, what: string) => accesses.find((one) => one.who === who && one.what === what)?.how;

  it('has what the policies of the roles permit', () => {
    expect(how('api', 'stripe')).toEqual(['at start']);
    expect(how('api', 'jwt')).toEqual(['at start', 'read']);
    expect(how('api', 'uploads')).toEqual(['list', 'read', 'write']);
    expect(how('database-init', 'database master')).toEqual(['at start']);
    expect(unreadable).toEqual([]);
  });

  it('has nothing that they do not permit', () => {
    expect(how('runner', 'stripe')).toBeUndefined();
    expect(how('runner', 'uploads')).toBeUndefined();
    expect(how('api', 'database master')).toBeUndefined();
  });

  it('counts a policy that is not known before deployment as unreadable, instead of leaving it out', () => {
    const modules = { a: { resource: { aws_iam_role_policy: { later: { policy: '${data.x.y.json}', role: 'r' } } } } };
    expect(accessOf(name, modules).unreadable).toEqual(['aws_iam_role_policy.later']);
  });

  it('shows wildcards as what they permit', () => {
    const Statement = [{ Effect: 'Allow', Action: ['secretsmanager:Get*', 's3:*'], Resource: '*' }];
    const policy = JSON.stringify({ Statement });
    const { accesses: wide } = accessOf(name, { a: { resource: { aws_iam_role_policy: { p: { policy, role: 'r' } } } } });
    expect(wide.map(({ what, how: ways }) => [what, ways])).toEqual([
      ['every secret', ['read']],
      ['every bucket', ['list', 'read', 'write']],
    ]);
  });

  it('names the pods that get a secret through external-secrets', () => {
    const found = accessOf(cluster.environment.identity.environment, cluster.modules).accesses;
    expect(found.some(({ who, how: ways }) => who === 'api' && ways.includes('at start'))).toBe(true);
  });
});

describe('schedules', () => {
  it.each([
    ['0 2 * * *', 'every day at 02:00'],
    ['0 4 * * 0', 'Sundays at 04:00'],
    ['*/15 * * * *', 'every day every 15 minutes'],
    ['30 8 * * 1-5', 'Monday to Friday at 08:30'],
    ['0 6,18 * * mon,thu', 'Mondays and Thursdays at 06:00 and 18:00'],
    ['0 0 1 1 *', 'on day 1 in January at 00:00'],
    ['0 3 1,15 * *', 'on days 1 and 15 of every month at 03:00'],
    ['* * * * *', 'every day every minute'],
    ['0 */6 * * *', 'every day at 00:00, 06:00, 12:00 and 18:00'],
    ['10 */2 * * *', 'every day every 2 hours, from 00:10'],
    ['0 9-17 * * *', 'every day 9 times, from 09:00 to 17:00'],
  ])('says %s in words', (cron, words) => expect(scheduleInWords(cron)).toBe(words));

  it('keeps the time zone of a job', () => {
    const { environment } = bookOf(changed((one) => Object.assign(one.jobs.sync, { timezone: 'Europe/Berlin' })));
    expect(schedulesOf(environment).find(({ job }) => job === 'sync')).toMatchObject({
      when: 'every day at 02:00',
      timezone: 'Europe/Berlin',
      spans: [{ from: 120, minutes: 0 }],
    });
  });

  it('has backup and maintenance windows of the database, also over midnight', () => {
    const { environment } = bookOf(changed((one) => Object.assign(one.database, { backupWindow: '23:30-00:30' })));
    expect(schedulesOf(environment).find(({ what }) => what === 'database backup')?.spans).toEqual([
      { from: 1410, minutes: 30 },
      { from: 0, minutes: 30 },
    ]);
  });

  it('knows the longest time between two runs, of a week only', () => {
    expect(longestGapHours('0 2 * * *')).toBe(24);
    expect(longestGapHours('0 2 * * 1-5')).toBe(72);
    expect(longestGapHours('0 2 1 * *')).toBeUndefined();
  });
});

describe('recovery', () => {
  const database = (changes: object) =>
    recoveriesOf(bookOf(changed((one) => Object.assign(one.database, changes))).environment).find(
      ({ what }) => what === 'database',
    );

  it('loses minutes with backups, and nothing of a failed zone with a standby', () => {
    expect(database({ multiAz: false })?.point).toBe('about 5 minutes');
    expect(database({ multiAz: true })?.point).toMatch(/^none when an instance or a zone fails/);
  });

  it('loses everything without backups', () => expect(database({ backupRetentionDays: 0 })?.point).toBe('everything'));

  it('is as old as the last dump on a host', () => {
    const found = recoveriesOf(host.environment).find(({ what }) => what === 'database');
    expect(found?.point).toBe('up to 24 hours');
    expect(availabilityOf(host.environment)).toBe('one host in one zone; database on the host');
  });
});

describe('commands', () => {
  const groups = commandsOf(shop.modules);
  const outputs = groups.flatMap((group) => group.outputs);

  it('are the outputs with a description', () => {
    expect(groups.find(({ title }) => title === 'Jobs')?.outputs.map(({ name: output }) => output)).toContain('run_sync');
    expect(outputs.map(({ name: output }) => output)).not.toContain('vpc_id');
  });

  it('have no value where AWS decides a part of it', () => {
    expect(outputs.find(({ name: output }) => output === 'run_sync')?.value).toBeUndefined();
    expect(outputs.find(({ name: output }) => output === 'redeploy_api')?.value).toMatch(/^aws ecs update-service/);
    for (const { value } of outputs) expect(value ?? '').not.toContain('${data.');
  });
});

describe('assumptions', () => {
  const text = `
const alarms = {
  // Assumption: the address.
  email: 'a@shop.example',
};

export default defineEnvironment({
  name: 'shop-prod',
  network: {
    // "two zones".
    // Assumption: which
    // ones.
    zones: 2,
    flowLogs: {
      /** Assumption: a month. */
      days: 30,
    },
  },
  // A decision that the document states.
  protect: true,
});
`;

  it('have the path, the value and the whole comment', () => {
    expect(assumptionsIn('a.ts', text)).toEqual([
      { path: 'alarms.email', value: "'a@shop.example'", text: 'Assumption: the address.', file: 'a.ts' },
      { path: 'network.zones', value: '2', text: '"two zones". Assumption: which ones.', file: 'a.ts' },
      { path: 'network.flowLogs.days', value: '30', text: 'Assumption: a month.', file: 'a.ts' },
    ]);
  });

  it('are found in the file of the environment and next to it', () => {
    expect([describes(text, 'shop-prod'), describes(text, 'shop')]).toEqual([true, false]);
    expect(neighboursOf("import { a } from './system';\nimport b from './zone.ts';\nimport '../x';")).toEqual([
      'system.ts',
      'zone.ts',
    ]);
  });
});
