/** What a person may not write, and the report that answers it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseEnvironment } from '../../../src/config';
import { problemsOf } from '../../support/problems';
import { acknowledged } from '../../support/acknowledged';
import { testRefusals } from '../../support/refusals';
import { changed, rich } from '../../support/rich';
import { ACCEPTED, REFUSED, subnets, WARNED } from './refused-inputs';

describe('an environment', () => {
  it('is tried in at least fifty wrong ways, each with a different name', () => {
    expect(REFUSED.length).toBeGreaterThanOrEqual(50);
    expect(new Set(REFUSED.map(([name]) => name)).size).toBe(REFUSED.length);
  });

  testRefusals(REFUSED, ACCEPTED);

  it.each(WARNED)('is accepted with a warning, until it is acknowledged: %s', (rule, change) => {
    const input = changed(change);
    const warnings = () => parseEnvironment(input).warnings;
    expect(problemsOf(rich())).toEqual([]);
    expect(parseEnvironment(rich()).warnings).toEqual([]);
    const [warning, ...others] = warnings();
    expect(warning?.rule).toBe(rule);
    expect(others).toEqual([]);
    input.acknowledge = acknowledged(warning?.accept, 'known and wanted here');
    expect(warnings()).toEqual([]);
  });
});

describe('the report', () => {
  it('reports the problems of every section at once, although the schema has already refused some', () => {
    const paths = problemsOf(
      changed((e) => {
        e.region = 'mars-1';
        e.name = 'store-test';
        e.network.subnets = { ...subnets(2), public: ['10.0.1.0/24', '10.9.2.0/24'] };
        e.database.maxStorageGb = 10;
        e.database.versoin = '16';
        e.services.api.replicas = { min: 3, max: 2 };
        e.services.api.image = 'apu';
        e.services.web = { image: 5 };
        e.workers.runner.memoryMib = 513;
      }),
    ).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'region',
        'name',
        'network.subnets.public[1]',
        'database.versoin',
        'database.maxStorageGb',
        'services.web.image',
        'services.api.replicas.min',
        'services.api.image',
        'workers.runner.memoryMib',
      ]),
    );
  });

  it('answers input that is no environment at all', () => {
    for (const input of [undefined, null, 5, 'shop', [], {}]) expect(problemsOf(input).length).toBeGreaterThan(0);
  });

  it('shows path, value, what is allowed and the fix, and no stack trace', () => {
    try {
      parseEnvironment(changed((e) => (e.services.api.memoryMib = 512)));
      throw new Error('accepted');
    } catch (error) {
      const { message } = error as Error;
      expect(message).toBe(
        [
          'shop-test: 1 problem',
          '  1. services.api.memoryMib  [fargate-size]',
          '     received  512',
          '     allowed   with 0.5 vCPU: 1024, 2048, 3072, 4096',
          '     fix       1024 is the nearest',
        ].join('\n'),
      );
      expect(message).not.toMatch(/\bat .*\.ts:\d+/);
    }
  });

  it('never repeats the value of a name that looks secret', () => {
    const input = changed((e) => {
      e.services.api.environment.SMTP_PASSWORD = 'hunter2';
      e.services.api.environment.API_TOKEN = { value: 'hunter2' };
      e.workers.runner.environment = {};
      e.workers.runner.environment.DATABASE_URL = 'postgres://shop:hunter2@host/shop';
      e.jobs.sync = { password: 'hunter2' };
      e.queues = [{ password: 'hunter2' }];
    });
    const problems = problemsOf(input);
    expect(problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['services.api.environment.API_TOKEN.value', 'workers.runner.environment.DATABASE_URL', 'queues']),
    );
    expect(problems.map(({ received }) => received).join()).not.toContain('hunter2');
  });
});

describe('the configuration', () => {
  it('refuses without ever loading cdktf', () => {
    const program = `
      const { execSync } = require('node:child_process');
      require('ts-node').register({ swc: true });
      const { parseEnvironment } = require('./src/config');
      let refused = false;
      try { parseEnvironment({}); } catch { refused = true; }
      const loaded = Object.keys(require.cache).filter((id) => /node_modules.(?:cdktf|@cdktf|constructs)\\b/.test(id));
      process.stdout.write(JSON.stringify({ refused, loaded }));
    `;
    const run = spawnSync(process.execPath, ['-e', program], { cwd: join(__dirname, '../../..'), encoding: 'utf8' });
    expect(JSON.parse(run.stdout || run.stderr)).toEqual({ refused: true, loaded: [] });
  });
});
