/** What checkov is given, and how its report is read. */
import { readReport } from '../../../src/checks/policy/checkov';
import { CANARY, checkovCopy } from '../../../src/checks/policy/checkov-copy';
import type { RootModule } from '../../../src/terraform/root-module';

const one = (type: string, block: object): RootModule => ({ resource: { [type]: { x: { ...block } } } });

describe("checkov's copy", () => {
  const module = {
    '//': { metadata: {} },
    terraform: { required_version: '>= 1.11.0', required_providers: { aws: {} } },
    moved: [{ from: 'a.b', to: 'a.c' }],
    import: [{ id: 'i' }],
    removed: [{ from: 'a.d' }],
    ephemeral: { a: { b: {} } },
    resource: { aws_x: { one: { '//': 1, group: null, rules: [null, { cidr: null, port: 1 }] } }, aws_y: { one: {} } },
    output: { one: { value: 1 } },
  } as unknown as RootModule;

  test('lacks what checkov cannot read, and has everything else', () => {
    const copy = JSON.parse(checkovCopy(module).text) as Record<string, any>;
    expect(copy).toEqual({
      terraform: { required_providers: { aws: {} } },
      output: { one: { value: 1 } },
      resource: {
        aws_x: { one: { rules: [{ port: 1 }] } },
        aws_y: { one: {} },
        [CANARY.type]: { [CANARY.name]: CANARY.block },
      },
    });
  });

  test('knows the resource that begins at a line, because checkov omits the type', () => {
    const { text, addressAt } = checkovCopy(module);
    const lines = text.split('\n');
    const found = lines.map((_line, index) => addressAt(index + 1)).filter((address) => address !== undefined);
    expect(found).toEqual(['aws_x.one', 'aws_y.one', CANARY.address]);
    expect(lines[lines.findIndex((_line, index) => addressAt(index + 1) === CANARY.address)]).toContain(CANARY.name);
  });
});

describe("checkov's report", () => {
  const prepared = new Map([
    ['shop-data', checkovCopy(one('aws_s3_bucket', {}))],
    ['shop-network', checkovCopy(one('aws_vpc', {}))],
  ]);
  const lineOf = (stack: string, address: string) => {
    const { text, addressAt } = prepared.get(stack)!;
    return text.split('\n').findIndex((_line, index) => addressAt(index + 1) === address) + 1;
  };
  const check = (stack: string, address: string, check_id: string) => ({
    check_id,
    check_name: `name of ${check_id}`,
    file_path: `/${stack}/cdk.tf.json`,
    file_line_range: [lineOf(stack, address), lineOf(stack, address) + 1],
    resource: 'resource.x',
  });
  const canaries = [...prepared.keys()].map((stack) => check(stack, CANARY.address, CANARY.check));
  const report = (
    failed: object[],
    summary: object = {},
    passed: object[] = [check('shop-data', 'aws_s3_bucket.x', 'CKV_AWS_1')],
  ) =>
    JSON.stringify({
      check_type: 'terraform_json',
      results: { passed_checks: passed, failed_checks: failed },
      summary: { passed: passed.length, failed: failed.length, parsing_errors: 0, ...summary },
    });

  test('is read by address, without the canaries', () => {
    const { failed, passed } = readReport(report([...canaries, check('shop-data', 'aws_s3_bucket.x', 'CKV_AWS_21')]), prepared);
    expect(failed).toEqual([{ check: 'CKV_AWS_21', name: 'name of CKV_AWS_21', stack: 'shop-data', address: 'aws_s3_bucket.x' }]);
    expect(passed).toEqual({ 'shop-data': 1, 'shop-network': 0 });
  });

  test.each([
    ['a file could not be parsed', report(canaries, { parsing_errors: 1 }), /could not read 1/],
    ['nothing passed', report(canaries, { passed: 0 }), /read nothing/],
    ['a stack was skipped silently', report(canaries.slice(0, 1)), /not read shop-network/],
    [
      'nothing was found to read',
      '{"passed":0,"failed":0,"skipped":0,"parsing_errors":0,"resource_count":0}',
      /nothing was read/,
    ],
    ['it is not JSON', 'Traceback', /not in the expected format/],
  ])('is refused when %s', (_what, text, said) => expect(() => readReport(text, prepared)).toThrow(said));
});
