/** Exceptions: what they explain, what the file of environments may hold, and which entries are stale. */
import { MODULE_EXCEPTIONS, type ModuleException } from '../../../src/checks/policy/module-exceptions';
import {
  parseEnvironmentExceptions,
  readEnvironmentExceptions,
  type EnvironmentException,
} from '../../../src/checks/policy/environment-exceptions';
import { explain, staleExceptions, unusedModuleExceptions, type Owner } from '../../../src/checks/policy/explain';
import type { Finding } from '../../../src/checks/policy/finding';
import { OWN_RULES } from '../../../src/checks/policy/own';
import { isClean, reportMarkdown, reportText, type PolicyReport } from '../../../src/checks/policy/report';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  check: 'CKV_AWS_21',
  name: 'versioned',
  stack: 'shop-prod-data',
  address: 'aws_s3_bucket.files',
  ...changes,
});

const ownerOf = (isProtected: boolean) => (): Owner => ({ name: 'shop-prod', isProtected });

const YAML = `exceptions:
  - check: CKV_AWS_21
    environments: [shop-prod, shop-old]
    stack: data
    resources: [aws_s3_bucket.files, aws_s3_bucket.logs]
    reason: the document keeps no old versions
`;
const [entry] = parseEnvironmentExceptions(YAML) as [EnvironmentException];

describe("an exception of Terrace's modules", () => {
  const row = (changes: Partial<ModuleException> = {}): ModuleException => ({
    check: 'CKV_AWS_21',
    kind: 'cost',
    reason: 'old versions are billed',
    ...changes,
  });
  const explains = (exception: ModuleException, of = finding(), isProtected = false) =>
    explain([of], ownerOf(isProtected), { modules: [exception], environments: [] })[0]?.exception === exception;

  test('explains for cost only where nothing is protected, and by design everywhere', () => {
    expect(explains(row())).toBe(true);
    expect(explains(row(), finding(), true)).toBe(false);
    expect(explains(row({ kind: 'design' }), finding(), true)).toBe(true);
  });

  test('explains one check, in the stacks and on the resources that it names', () => {
    expect(explains(row(), finding({ check: 'CKV_AWS_18' }))).toBe(false);
    expect(explains(row({ stacks: '*-data' }))).toBe(true);
    expect(explains(row({ stacks: '*-network' }))).toBe(false);
    expect(explains(row({ resources: 'aws_s3_bucket.{files,logs}' }))).toBe(true);
    expect(explains(row({ resources: 'aws_s3_bucket.logs' }))).toBe(false);
  });

  test('may explain nothing here: the gate lists it and passes', () => {
    const [used, idle] = [row(), row({ check: 'CKV_AWS_18' })];
    const explained = explain([finding()], ownerOf(false), { modules: [used, idle], environments: [] });
    expect(unusedModuleExceptions(explained, [used, idle])).toEqual([idle]);
    const report = reportOf({ explained, unusedModuleExceptions: [idle] });
    expect(isClean(report)).toBe(true);
    expect(reportText(report)).toContain("exceptions of Terrace's modules that nothing here needs: CKV_AWS_18");
  });
});

describe('the table of modules', () => {
  test('has a reason in every row, and no row twice', () => {
    for (const { reason, check } of MODULE_EXCEPTIONS) {
      expect(reason.length).toBeGreaterThan(15);
      expect(check).toMatch(/^(CKV2?_[A-Z0-9]+_\d+|OWN_[A-Z_]+)$/);
    }
    const rows = MODULE_EXCEPTIONS.map(({ check, stacks, resources, kind }) => JSON.stringify([check, stacks, resources, kind]));
    expect(new Set(rows).size).toBe(rows.length);
  });

  test('names no environment: its globs fit any', () => {
    const stacks = MODULE_EXCEPTIONS.flatMap((row) => row.stacks ?? []);
    expect(stacks.filter((glob) => !/^(\*|bootstrap-\*$)/.test(glob))).toEqual([]);
  });

  test('excepts nothing from our own rules that hold at synth, nor from those about IAM', () => {
    const never = OWN_RULES.filter(({ heldAt, id }) => heldAt === 'synth' || id.startsWith('OWN_IAM_')).map(({ id }) => id);
    expect(MODULE_EXCEPTIONS.filter(({ check }) => never.includes(check))).toEqual([]);
  });
});

describe('an entry about environments', () => {
  const explains = (of: Finding, name = 'shop-prod') =>
    explain([of], () => ({ name, isProtected: true }), { modules: [], environments: [entry] })[0]?.exception === entry;

  test('explains in protected environments too, in the stack and on the resources that it names', () => {
    expect(explains(finding())).toBe(true);
    expect(explains(finding({ check: 'CKV_AWS_18' }))).toBe(false);
    expect(explains(finding({ stack: 'shop-prod-edge' }))).toBe(false);
    expect(explains(finding({ address: 'aws_s3_bucket.uploads' }))).toBe(false);
  });

  test('explains later resources only with a reason for that', () => {
    const [wide] = parseEnvironmentExceptions(
      YAML.replace('aws_s3_bucket.logs', "'aws_s3_bucket.tmp-*'").replace(
        '    reason',
        '    alsoLater: they hold nothing\n    reason',
      ),
    );
    const covers = (address: string) =>
      explain([finding({ address })], ownerOf(true), { modules: [], environments: [wide!] })[0]?.exception === wide;
    expect(covers('aws_s3_bucket.tmp-reports')).toBe(true);
    expect(covers('aws_s3_bucket.uploads')).toBe(false);
  });

  describe('about a resource with several findings of one rule', () => {
    const [accepted] = parseEnvironmentExceptions(
      YAML.replace('CKV_AWS_21', 'OWN_IAM_ESCALATION').replace(
        '    reason',
        '    finding: iam:PassRole on arn:aws:iam::1:role/a\n    reason',
      ),
    );
    const covers = (changes: Partial<Finding>, isProtected = true) =>
      explain([finding({ check: 'OWN_IAM_ESCALATION', ...changes })], ownerOf(isProtected), {
        modules: [],
        environments: [accepted!],
      })[0]?.exception === accepted;

    test('explains the one that it names, and no later one', () => {
      expect(covers({ subject: 'iam:PassRole on arn:aws:iam::1:role/a' })).toBe(true);
      expect(covers({ subject: 'iam:PassRole on arn:aws:iam::1:role/b' })).toBe(false);
      expect(covers({})).toBe(false);
    });

    test('explains what is final only where nothing is protected', () => {
      const final = { subject: 'iam:PassRole on arn:aws:iam::1:role/a', isFinal: true };
      expect(covers(final, false)).toBe(true);
      expect(covers(final)).toBe(false);
      const report = reportOf({ explained: explain([finding(final)], ownerOf(true), { modules: [], environments: [] }) });
      expect(reportText(report)).toContain('no exception counts, because shop-prod is protected');
    });
  });

  test('names the id of a stack that belongs to no environment', () => {
    const [own] = parseEnvironmentExceptions(
      YAML.replace('[shop-prod, shop-old]', '[bootstrap-shop]').replace('data', 'bootstrap-shop'),
    );
    const of = finding({ stack: 'bootstrap-shop' });
    const owner = () => ({ name: 'bootstrap-shop', isProtected: true });
    expect(explain([of], owner, { modules: [], environments: [own!] })[0]?.exception).toBe(own);
  });

  test('explains nothing in another environment, not even in one whose name it begins', () => {
    expect(explains(finding(), 'shop-dev')).toBe(false);
    expect(explains(finding({ stack: 'shop-prod-eu-data' }), 'shop-prod-eu')).toBe(false);
  });

  const explained = explain([finding()], ownerOf(true), { modules: [], environments: [entry] });
  const stale = (findings: typeof explained, ...environments: string[]) =>
    staleExceptions(findings, [entry], environments, ownerOf(true)).map(({ environment, kind }) => [environment, kind]);

  test('fails the gate when it explains nothing in an environment that exists', () => {
    expect(stale(explained, 'shop-prod', 'shop-old')).toEqual([['shop-old', 'unused']]);
    expect(stale([], 'shop-prod', 'shop-old')).toEqual([
      ['shop-prod', 'unused'],
      ['shop-old', 'unused'],
    ]);
    const report = reportOf({ stale: [{ exception: entry, environment: 'shop-old', kind: 'unused' }] });
    expect(isClean(report)).toBe(false);
    expect(reportText(report)).toContain('UNUSED       policy-exceptions.yaml:3: the exception from CKV_AWS_21 explains nothing');
  });

  test('is reported with its line, and fails nothing, for an environment that does not exist', () => {
    expect(stale(explained, 'shop-prod')).toEqual([['shop-old', 'unknown']]);
    const report = reportOf({ stale: [{ exception: entry, environment: 'shop-old', kind: 'unknown' }] });
    expect(isClean(report)).toBe(true);
    expect(reportText(report)).toContain(
      'policy-exceptions.yaml:3: there is no environment shop-old: remove shop-old from its environments',
    );
  });
});

describe('policy-exceptions.yaml', () => {
  test('may be empty, and must be YAML', () => {
    for (const empty of ['', '# nothing\n', 'exceptions:\n', 'exceptions: []\n'])
      expect(parseEnvironmentExceptions(empty)).toEqual([]);
    expect(() => parseEnvironmentExceptions('exceptions: [')).toThrow(/policy-exceptions\.yaml is not YAML/);
  });

  test('knows the line of each environment', () => {
    const text = `${YAML}  - check: CKV_AWS_18\n    environments:\n      - shop-prod\n      - shop-dev\n    stack: data\n    resources: [aws_s3_bucket.files]\n    reason: the document has no access logs\n`;
    expect(parseEnvironmentExceptions(text).map(({ lines }) => lines)).toEqual([
      { 'shop-prod': 3, 'shop-old': 3 },
      { 'shop-prod': 9, 'shop-dev': 10 },
    ]);
  });

  test.each([
    [
      'no reason',
      YAML.replace('the document keeps no old versions', 'because'),
      /exceptions\[0\]\.reason\n +received +"because"/,
    ],
    ['no environment', YAML.replace('[shop-prod, shop-old]', '[]'), /exceptions\[0\]\.environments[\s\S]*\[shop-prod\]/],
    [
      'an invalid check',
      YAML.replace('CKV_AWS_21', 'S3.14'),
      /exceptions\[0\]\.check\n +received +"S3\.14"\n +allowed +the id of a check/,
    ],
    ['no stack', YAML.replace('    stack: data\n', ''), /exceptions\[0\]\.stack[\s\S]*add `stack`/],
    ['no resources', YAML.replace(/ {4}resources: .*\n/, ''), /exceptions\[0\]\.resources[\s\S]*add `resources`/],
    [
      'a wildcard without a reason for later findings',
      YAML.replace('aws_s3_bucket.logs', "'aws_s3_bucket.*'"),
      /exceptions\[0\]\.resources[\s\S]*a wildcard also accepts later findings[\s\S]*alsoLater/,
    ],
    [
      'a rule about IAM and no finding',
      YAML.replace('CKV_AWS_21', 'OWN_IAM_ESCALATION'),
      /exceptions\[0\]\.finding[\s\S]*the one finding that is accepted/,
    ],
    [
      'a rule about IAM and a wildcard',
      YAML.replace('CKV_AWS_21', 'OWN_IAM_ESCALATION')
        .replace('aws_s3_bucket.logs', "'aws_iam_role_policy.*'")
        .replace('    reason', '    finding: iam:PassRole on *\n    alsoLater: no wildcard is accepted here\n    reason'),
      /exceptions\[0\]\.resources[\s\S]*a rule about IAM has no exceptions by wildcard/,
    ],
    [
      'an unknown field',
      YAML.replace('    reason', '    stacks: data\n    reason'),
      /exceptions\[0\]\.stacks[\s\S]*did you mean/,
    ],
  ])('refuses an entry with %s, with the path, the value, what is allowed and the fix', (_what, text, message) => {
    expect(() => parseEnvironmentExceptions(text)).toThrow(message);
    expect(() => parseEnvironmentExceptions(text)).toThrow(/^policy-exceptions\.yaml: 1 problem$/m);
  });

  test('of this project is valid', () => expect(() => readEnvironmentExceptions()).not.toThrow());
});

describe('the report', () => {
  const explained = explain([finding()], ownerOf(true), { modules: [], environments: [entry] });

  test('passes when every finding is explained', () => expect(isClean(reportOf({ explained }))).toBe(true));

  test('fails with the finding when one is not', () => {
    const report = reportOf({ explained: [{ finding: finding(), owner: { name: 'shop-prod', isProtected: true } }] });
    expect(isClean(report)).toBe(false);
    expect(reportText(report)).toContain('UNEXPLAINED  shop-prod-data: aws_s3_bucket.files');
    expect(reportText(report)).toContain(
      'or accept    - { check: CKV_AWS_21, environments: [shop-prod], stack: data, resources: [aws_s3_bucket.files], reason: <why> }',
    );
    expect(reportMarkdown(report)).toContain('- **unexplained** `shop-prod-data` `aws_s3_bucket.files`: CKV_AWS_21');
  });
});

function reportOf(changes: Partial<PolicyReport>): PolicyReport {
  return {
    judge: 'checkov',
    figures: [{ name: 'shop-prod', stacks: 1, checkov: 3, own: 2, byDesign: 0, forCost: 0, unexplained: 0 }],
    explained: [],
    stale: [],
    unusedModuleExceptions: [],
    ...changes,
  };
}
