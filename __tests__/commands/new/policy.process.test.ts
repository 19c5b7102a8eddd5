/** What `npm run new` describes passes the policy gate, without an exception of the project. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOV_VERSION } from '../../../src/checks/policy/checkov';
import type { EnvironmentFiles } from '../../../src/cli/command';
import type { Given } from '../../../src/commands/new/texts';
import { fileOf, runCommand } from '../../support/command';
import { ROOT } from '../../docs/pages';
import { answersTo, describeSystem } from './answers';

const isInstalled = existsSync(join(ROOT, '.terrace', 'venv', `checkov-${CHECKOV_VERSION}`, 'bin', 'checkov'));

const WHOLE: Given = {
  account: '123456789012',
  domain: 'kiosk.example',
  cache: 'yes',
  services: 'web:3000/,api:8080/health',
  github: 'acme/infrastructure',
  'github-ids': '123456/456789',
};

async function filesOf(given: Given): Promise<EnvironmentFiles> {
  const answers = await answersTo(given, 'kiosk');
  const { data } = describeSystem(answers);
  return Object.fromEntries(answers.environments.map(({ shortName }, index) => [`kiosk-${shortName}`, fileOf(data[index])]));
}

const passed = { exitCode: 0, stdout: expect.stringContaining('Nothing is unexplained.') };

it.each(['box', 'fargate', 'kubernetes'])('holds for our own rules on %s', async (tier) => {
  for (const given of [{}, WHOLE]) {
    const { exitCode, stdout } = await runCommand(await filesOf({ ...given, tier }), ['policy', '--own']);
    expect({ exitCode, stdout }).toEqual(passed);
  }
});

(isInstalled ? it : it.skip)(
  'holds for checkov, on every tier',
  async () => {
    for (const tier of ['dev=box,prod=fargate', 'dev=fargate,prod=kubernetes', 'dev=kubernetes,prod=box']) {
      const { exitCode, stdout } = await runCommand(await filesOf({ ...WHOLE, tier }), ['policy']);
      expect({ exitCode, stdout }).toEqual(passed);
    }
  },
  600_000,
);
