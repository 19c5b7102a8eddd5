/** Checkov itself, where it is installed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOV_VERSION, runCheckov } from '../../../src/checks/policy/checkov';
import type { RootModule } from '../../../src/terraform/root-module';
import { shownEnvironments } from '../../docs/examples';
import { fileOf, runCommand } from '../../support/command';

const ROOT = join(__dirname, '../../..');

const CHECKOV = join(ROOT, '.terrace', 'venv', `checkov-${CHECKOV_VERSION}`, 'bin', 'checkov');
const isInstalled = existsSync(CHECKOV);
if (!isInstalled) process.stderr.write(`skipped, because checkov is not installed (npm run policy does it): checkov itself\n`);

(isInstalled ? describe : describe.skip)('checkov itself', () => {
  const rule = (from: object) => ({ security_group_id: 'sg-1', ip_protocol: 'tcp', from_port: 22, to_port: 22, ...from });
  const modules = {
    good: {
      terraform: { required_version: '>= 1.11.0' },
      moved: [{ from: 'aws_ebs_volume.a', to: 'aws_ebs_volume.data' }],
      resource: { aws_ebs_volume: { data: { availability_zone: 'a', size: 1, encrypted: true, kms_key_id: 'arn:aws:kms:x' } } },
    },
    bad: { resource: { aws_vpc_security_group_ingress_rule: { ssh: rule({ cidr_ipv4: '0.0.0.0/0', cidr_ipv6: null }) } } },
  } as unknown as Readonly<Record<string, RootModule>>;

  test('reads every copied stack, passes the encrypted volume and refuses the open port', async () => {
    const { failed, passed } = await runCheckov(modules, { env: process.env, install: false, progress: () => undefined });
    expect(failed).toContainEqual(
      expect.objectContaining({ check: 'CKV_AWS_24', stack: 'bad', address: 'aws_vpc_security_group_ingress_rule.ssh' }),
    );
    expect(failed.filter(({ stack }) => stack === 'good')).toEqual([]);
    expect(passed.good).toBeGreaterThan(0);
  });
});

(isInstalled ? it : it.skip)(
  'passes the environment that docs/environments.md starts with, as the whole policy gate does',
  async () => {
    const { exitCode, stdout } = await runCommand({ 'shop-prod': fileOf(shownEnvironments()['shop-prod']) }, ['policy']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('Nothing is unexplained.') });
  },
  180_000,
);
