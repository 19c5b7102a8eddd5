/** What a reviewer sees of a change. */
import { summaryOf } from '../../../src/checks/plan-changes/counts';
import { planJson, linesOf, shownIn, valueChange } from '../../support/plans';

describe('a changed attribute', () => {
  it('is shown with its value before and after; an unchanged one is not', () => {
    expect(
      linesOf(
        valueChange(
          'aws_db_instance.main',
          ['update'],
          { instance_class: 'db.t4g.small', backup_retention_period: 14, engine: 'postgres', deletion_protection: true },
          { instance_class: 'db.t4g.micro', backup_retention_period: 1, engine: 'postgres', deletion_protection: false },
        ),
      ),
    ).toEqual([
      '! backup_retention_period: 14 → 1',
      '! deletion_protection: true → false',
      '! instance_class: "db.t4g.small" → "db.t4g.micro"',
    ]);
  });

  it('has its names in the summary of the resource', () => {
    const [shown] = shownIn(planJson([valueChange('aws_vpc.a', ['update'], { a: 1, b: 1 }, { a: 2, b: 1 })]));
    expect(shown).toMatchObject({ action: 'update', attributes: ['a'] });
  });

  it('is on two lines when it is long, and cut when it is very long', () => {
    const lines = linesOf(valueChange('aws_x.a', ['update'], { v: 'a'.repeat(60) }, { v: 'b'.repeat(5000) }));
    expect(lines.slice(0, 2)).toEqual(['  v:', `-   "${'a'.repeat(60)}"`]);
    expect(lines[2]).toMatch(/^\+ {3}"b{200,260}… \(\d+ more characters\)$/);
  });

  it('is shown as unknown when it is known only after the apply, with the expression that gives it', () => {
    const change = valueChange(
      'aws_subnet.a',
      ['update'],
      { vpc_id: 'vpc-1', x: 1 },
      { x: 1 },
      { after_unknown: { vpc_id: true } },
    );
    const module = { resource: { aws_subnet: { a: { vpc_id: '${aws_vpc.main.id}' } } } };
    expect(linesOf(change, module)).toEqual(['! vpc_id: "vpc-1" → (known after apply: ${aws_vpc.main.id})']);
    expect(linesOf(change)).toEqual(['  known after apply: vpc_id']);
  });

  it('does not have the old value of a reference to something that changes', () => {
    const module = { resource: { aws_subnet: { a: { vpc_id: '${aws_vpc.main.id}' } } } };
    const prior_state = { values: { root_module: { resources: [{ address: 'aws_vpc.main', values: { id: 'vpc-1' } }] } } };
    const subnet = valueChange('aws_subnet.a', ['update'], { vpc_id: 'vpc-1' }, {}, { after_unknown: { vpc_id: true } });
    const vpc = valueChange('aws_vpc.main', ['delete', 'create'], { cidr: 'a' }, { cidr: 'b' });
    const lines = (...changes: readonly object[]) =>
      shownIn(planJson(changes, { prior_state }), module).find(({ address }) => address === 'aws_subnet.a')?.lines;
    expect(lines(subnet, vpc)).toEqual(['! vpc_id: "vpc-1" → (known after apply: ${aws_vpc.main.id})']);
    expect(lines(subnet)).toEqual(['! vpc_id: "vpc-1" → (known after apply: vpc-1)']);
  });

  it('has the values of references that are known already', () => {
    const change = valueChange('aws_x.a', ['create'], null, {}, { after_unknown: { names: true } });
    const module = {
      resource: {
        aws_x: { a: { names: ['${data.aws_y.b.name}', '${aws_z.c.arn}/*', '$${literal}', '${data.aws_y.b.secret}'] } },
      },
    };
    const prior_state = {
      values: {
        root_module: {
          resources: [
            { address: 'data.aws_y.b', values: { name: 'known', secret: 'hunter2hunter2' }, sensitive_values: { secret: true } },
            { address: 'aws_z.c', values: { arn: 'arn:aws:z:::c' } },
          ],
        },
      },
    };
    const [shown] = shownIn(planJson([change], { prior_state }), module);
    expect(shown?.lines).toEqual([
      '  names: (known after apply; as configured)',
      '+   names = ["known", "arn:aws:z:::c/*", "$${literal}", "${data.aws_y.b.secret}"]',
    ]);
  });
});

describe('a list', () => {
  it('shows the elements that were added and removed', () => {
    expect(
      linesOf(
        valueChange('aws_x.a', ['update'], { cidrs: ['10.0.0.0/8', '10.1.0.0/16'] }, { cidrs: ['10.1.0.0/16', '0.0.0.0/0'] }),
      ),
    ).toEqual(['  cidrs:', '-   "10.0.0.0/8"', '+   "0.0.0.0/0"']);
  });

  it('says when only the order differs', () => {
    expect(linesOf(valueChange('aws_x.a', ['update'], { l: ['a', 'b'] }, { l: ['b', 'a'] }))).toEqual([
      '  l: (another order)',
      '-   ["a", "b"]',
      '+   ["b", "a"]',
    ]);
  });

  it('compares blocks by their name, or the most similar ones', () => {
    expect(
      linesOf(
        valueChange(
          'aws_x.a',
          ['update'],
          {
            rule: [
              { from: 80, to: 80, cidr: 'a' },
              { from: 443, to: 443, cidr: 'b' },
            ],
            named: [
              { name: 'x', v: 1 },
              { name: 'y', v: 2 },
            ],
          },
          {
            rule: [{ from: 443, to: 443, cidr: 'c' }],
            named: [
              { name: 'y', v: 3 },
              { name: 'x', v: 1 },
            ],
          },
        ),
      ),
    ).toEqual([
      '! named[y].v: 2 → 3',
      '- rule[0].cidr = "a"',
      '- rule[0].from = 80',
      '- rule[0].to = 80',
      '! rule[1].cidr: "b" → "c"',
    ]);
  });
});

describe('documents in texts', () => {
  const containers = (image: string, level: string): string =>
    JSON.stringify([
      {
        name: 'api',
        image,
        environment: [
          { name: 'LOG_LEVEL', value: level },
          { name: 'MODE', value: 'x' },
        ],
      },
    ]);

  it('are compared by path: container definitions', () => {
    expect(
      linesOf(
        valueChange(
          'aws_ecs_task_definition.api',
          ['delete', 'create'],
          { container_definitions: containers('api:1', 'info') },
          { container_definitions: containers('api:2', 'debug') },
          { replace_paths: [['container_definitions']] },
        ),
      ),
    ).toEqual([
      '! container_definitions[api].environment[LOG_LEVEL]: "info" → "debug"  # forces the replacement',
      '! container_definitions[api].image: "api:1" → "api:2"',
    ]);
  });

  it('are compared by path: dashboards, state machines, YAML values', () => {
    expect(
      linesOf(
        valueChange('helm_release.a', ['update'], { values: ['a:\n  b: 1\n  c: 2\n'] }, { values: ['a:\n  b: 2\n  c: 2\n'] }),
      ),
    ).toEqual(['! values[0].a.b: 1 → 2']);
  });

  it('are compared line by line: scripts', () => {
    const script = (port: number): string => `#!/bin/sh\nset -eu\none\ntwo\nthree\nlisten ${port}\nlast\n`;
    expect(linesOf(valueChange('aws_instance.a', ['update'], { user_data: script(80) }, { user_data: script(81) }))).toEqual([
      '  user_data:',
      '    …',
      '    two',
      '    three',
      '-   listen 80',
      '+   listen 81',
      '    last',
      '    ',
    ]);
  });
});

describe('what happens to a resource', () => {
  it('is said with the reason: what forces a replacement, why it is deleted', () => {
    const shown = shownIn(
      planJson([
        valueChange(
          'aws_a.x',
          ['delete', 'create'],
          { n: 'a' },
          { n: 'b' },
          { replace_paths: [['n']] },
          { action_reason: 'replace_because_cannot_update' },
        ),
        valueChange('aws_b.x', ['delete', 'create'], { n: 'a' }, { n: 'a' }, {}, { action_reason: 'replace_because_tainted' }),
        valueChange(
          'aws_c.x',
          ['delete'],
          { id: 'c', name: 'c' },
          null,
          {},
          { action_reason: 'delete_because_no_resource_config' },
        ),
      ]),
    );
    expect(shown).toMatchObject([
      { action: 'delete', address: 'aws_c.x', reason: 'it is no longer in the configuration', lines: ['- id = "c"'] },
      { action: 'replace', address: 'aws_a.x', reason: 'n forces it', lines: ['! n: "a" → "b"  # forces the replacement'] },
      { action: 'replace', address: 'aws_b.x', reason: expect.stringContaining('tainted') },
    ]);
  });

  it('includes imports, moves, forgotten resources and outputs; nothing else that stays as it is', () => {
    const shown = shownIn(
      planJson(
        [
          valueChange('aws_a.imported', ['no-op'], { id: 'i-1' }, { id: 'i-1' }, { importing: { id: 'i-1' } }),
          valueChange('aws_a.imported_and_changed', ['update'], { t: 1 }, { t: 2 }, { importing: { id: 'i-2' } }),
          valueChange('aws_a.moved', ['no-op'], {}, {}, {}, { previous_address: 'aws_a.old' }),
          valueChange('aws_a.forgotten', ['forget'], { id: 'f' }, null),
          valueChange('aws_a.same', ['no-op'], {}, {}),
          valueChange('data.aws_a.read', ['read'], null, {}, {}, { mode: 'data' }),
        ],
        {
          output_changes: {
            url: { actions: ['update'], before: 'a', after: 'b' },
            same: { actions: ['no-op'], before: 1, after: 1 },
          },
        },
      ),
    );
    expect(shown.map(({ address, action, from, importing }) => [address, action, from ?? importing])).toEqual([
      ['aws_a.forgotten', 'forget', undefined],
      ['aws_a.imported_and_changed', 'update', 'i-2'],
      ['aws_a.imported', 'import', 'i-1'],
      ['aws_a.moved', 'move', 'aws_a.old'],
      ['output.url', 'update', undefined],
    ]);
    expect(shown.at(-1)?.lines).toEqual(['! url: "a" → "b"']);
    expect(summaryOf(shown)).toBe('1 to import, 1 to update, 1 to forget, 1 to move');
    expect(summaryOf(shown.slice(-1))).toBe('outputs only');
    expect(summaryOf([])).toBe('no changes');
  });

  it('shows what a new resource is and what is run, not what the provider computes', () => {
    const module = { resource: { aws_a: { x: { provisioner: [{ 'local-exec': { command: 'curl example.com' } }] } } } };
    expect(
      linesOf(
        valueChange(
          'aws_a.x',
          ['create'],
          null,
          { name: 'x', size: 3, nothing: null, empty: [], tags: { a: 'b' }, tags_all: { a: 'b', c: 'd' } },
          { after_unknown: { arn: true, id: true } },
        ),
        module,
      ),
    ).toEqual(['+ name = "x"', '+ size = 3', '+ tags.a = "b"', '+ provisioner = [{local-exec: {command: "curl example.com"}}]']);
  });

  it('shows an output with an empty list, which other stacks read', () => {
    const output_changes = { ids: { actions: ['create'], before: null, after: [] } };
    expect(shownIn(planJson([], { output_changes }))[0]?.lines).toEqual(['+ ids = []']);
  });

  it('leaves out tags_all where it repeats tags', () => {
    expect(
      linesOf(
        valueChange(
          'aws_a.x',
          ['update'],
          { tags: { a: 'b' }, tags_all: { a: 'b', o: '1' } },
          { tags: { a: 'c' }, tags_all: { a: 'c', o: '2' } },
        ),
      ),
    ).toEqual(['! tags.a: "b" → "c"', '! tags_all.a: "b" → "c"', '! tags_all.o: "1" → "2"']);
    expect(
      linesOf(
        valueChange(
          'aws_a.x',
          ['update'],
          { tags: { a: 'b' }, tags_all: { a: 'b', o: '1' } },
          { tags: { a: 'c' }, tags_all: { a: 'c', o: '1' } },
        ),
      ),
    ).toEqual(['! tags.a: "b" → "c"']);
  });
});

test('characters that are invisible or reverse the text are shown as escapes', () => {
  const [line] = linesOf(valueChange('aws_a.x', ['create'], null, { v: 'a\u202eb\u200bc\u0007' }));
  expect(line).toBe('+ v = "a\\u{202e}b\\u{200b}c\\u0007"');
});
