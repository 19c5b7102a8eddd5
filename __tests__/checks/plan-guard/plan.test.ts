/** Reading plans: what cannot be judged, and, where terraform is installed, real plans. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePlan, type Plan } from '../../../src/checks/plan-guard/plan';
import { harmsOf, planFile, planOf, verdictOf } from '../../support/plans';
import { describeWithTerraform } from '../../support/terraform';

describe('a plan cannot be judged', () => {
  test.each([
    ['a state', readFileSync(planFile('state'), 'utf8'), 'it is a state'],
    ['the binary plan', 'PK\u0003\u0004', 'it is not JSON'],
    ['another format', '{"format_version":"2.0","resource_changes":[]}', 'its format is 2.0'],
    ['a list', '[]', 'plan.json cannot be judged: the document is not as Terraform writes it: expected object, received array'],
    [
      'a plan with a strange field',
      '{"format_version":"1.2","resource_changes":{}}',
      'resource_changes is not as Terraform writes it: expected array, received object',
    ],
    ['another document', '{"resource_changes":[]}', 'format_version'],
    [
      'an action from the future',
      '{"format_version":"1.9","resource_changes":[{"address":"a.b","type":"a","change":{"actions":["shred"]}}]}',
      'shred',
    ],
  ])('that is %s', (_name, text, said) => expect(() => parsePlan('plan.json', text)).toThrow(said));

  test('that failed half-way, or is incomplete', () => {
    const plan = JSON.parse(readFileSync(planFile('update'), 'utf8')) as object;
    for (const flaw of [{ errored: true }, { complete: false }])
      expect(verdictOf(parsePlan('plan', JSON.stringify({ ...plan, ...flaw })))).toMatchObject({ passed: false, refused: [] });
  });

  test('without its deferred changes, which are judged too', () => {
    const [deferred] = (JSON.parse(readFileSync(planFile('delete'), 'utf8')) as { resource_changes: unknown[] }).resource_changes;
    const text = JSON.stringify({
      format_version: '1.2',
      planned_values: {},
      deferred_changes: [{ reason: 'deferred_prereq', resource_change: deferred }],
    });
    expect(harmsOf(parsePlan('plan', text))).toEqual(['delete aws_db_instance.database_primary']);
  });

  test('without notices of resources deleted outside of Terraform, and of those it stops managing', () => {
    const drift = planOf('aws_db_instance.x', ['delete'], {}, null).changes;
    const { passed, notices } = verdictOf({ ...planOf('aws_db_instance.x', ['create'], null, {}), deletedOutside: drift });
    expect({ passed, notices }).toEqual({ passed: true, notices: [expect.stringContaining('deleted outside of Terraform')] });
    expect(verdictOf(planOf('aws_s3_bucket.x', ['forget'], {}, null)).notices).toEqual([
      expect.stringContaining('no longer manages it'),
    ]);
  });
});

describeWithTerraform('real plans, of resources built into terraform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-guard-real-'));
  const module = join(folder, 'module');
  const terraform = (...args: string[]): string =>
    execFileSync('terraform', [...args], {
      cwd: module,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' },
    });
  const planned = (content: object, ...args: string[]): Plan => {
    writeFileSync(join(module, 'main.tf.json'), JSON.stringify(content));
    terraform('plan', '-input=false', '-out=tfplan', ...args);
    return parsePlan('plan', terraform('show', '-json', 'tfplan'));
  };
  const summaryOf = ({ changes }: Plan) =>
    changes.map(({ address, action, previousAddress, replacedFor }) => ({ address, action, previousAddress, replacedFor }));
  const thing = (block: object = {}, name = 'thing') => ({
    resource: { terraform_data: { [name]: { input: 'one', ...block } } },
  });

  beforeAll(() => {
    mkdirSync(module);
    writeFileSync(join(module, 'main.tf.json'), JSON.stringify(thing()));
    terraform('init', '-input=false');
    planned(thing({ triggers_replace: 'one' }));
    terraform('apply', '-input=false', 'tfplan');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('creating, updating, replacing, deleting and moving are read as such', () => {
    const address = 'terraform_data.thing';
    expect(summaryOf(planned(thing({ triggers_replace: 'one' })))).toMatchObject([{ address, action: 'no-op' }]);
    expect(summaryOf(planned(thing({ triggers_replace: 'one', input: 'two' })))).toMatchObject([{ address, action: 'update' }]);
    expect(summaryOf(planned(thing({ triggers_replace: 'two' })))).toMatchObject([
      { address, action: 'replace', replacedFor: ['triggers_replace'] },
    ]);
    expect(summaryOf(planned({}))).toMatchObject([{ address, action: 'delete' }]);
    expect(summaryOf(planned(thing({ triggers_replace: 'one' }, 'other')))).toMatchObject([
      { address: 'terraform_data.other', action: 'create' },
      { address, action: 'delete' },
    ]);
    const moved = { ...thing({ triggers_replace: 'one' }, 'other'), moved: [{ from: address, to: 'terraform_data.other' }] };
    expect(summaryOf(planned(moved))).toMatchObject([
      { address: 'terraform_data.other', action: 'no-op', previousAddress: address },
    ]);
  });

  test('a whole destruction is read as deletions, and a plan without changes is still a plan', () => {
    expect(summaryOf(planned(thing({ triggers_replace: 'one' }), '-destroy'))).toMatchObject([{ action: 'delete' }]);
    expect(verdictOf(planned(thing({ triggers_replace: 'one' }))).passed).toBe(true);
  });

  test('a resource that is removed from the state but not destroyed is read as forgotten', () => {
    const removed = { removed: [{ from: 'terraform_data.thing', lifecycle: { destroy: false } }] };
    expect(summaryOf(planned(removed))).toMatchObject([{ action: 'forget' }]);
  });
});
