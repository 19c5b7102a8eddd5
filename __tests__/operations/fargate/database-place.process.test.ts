import { parseEnvironment } from '../../../src/config';
import { databasePlaceOf } from '../../../src/operations/database-places';
import { withTestCredentials } from '../../support/aws-credentials';
import { StubAws } from '../../support/stub-aws';
import { example } from '../../support/example';
import { operated } from '../../support/operated';
import { CLUSTER, FAMILY, OWN_SECRET, StubTasks } from '../../support/stub-tasks';

const OPTIONS = { timeoutSeconds: 60 };

jest.setTimeout(180_000);

describe('scripts next to the database of an environment on Fargate', () => {
  const restore = withTestCredentials();
  const tasks = new StubTasks();
  const aws = new StubAws(tasks.actions);
  let endpoint = '';

  beforeAll(async () => {
    endpoint = await aws.start();
  });
  afterAll(async () => {
    await aws.stop();
    restore();
  });

  const placeOf = () => databasePlaceOf(operated(parseEnvironment(example()), endpoint));

  it('returns both outputs apart and complete, although they share a log that arrives in pages', async () => {
    const said: string[] = [];
    const place = await placeOf();
    const result = await place.run('seq 1 20000; echo "step one of $PGDATABASE" >&2; (exit 3)', {
      ...OPTIONS,
      report: (line) => said.push(line),
    });
    expect(result).toMatchObject({ exitCode: 3, stderr: 'step one of shop' });
    expect(result.stdout.split('\n')).toHaveLength(20001);
    expect(said).toEqual(['step one of shop']);
  });

  it('runs with the network, login and user of the job, with room to write, and leaves no task definition', async () => {
    await (await placeOf()).run('true', OPTIONS);
    const started = aws.calls.findLast(({ name }) => name === 'RunTask')?.input;
    expect(started).toMatchObject({
      cluster: CLUSTER,
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
      },
    });
    const definition = aws.calls.findLast(({ name }) => name === 'RegisterTaskDefinition')?.input;
    // Another family: the newest revision of the job's own is what the job runs.
    expect(definition.family).not.toBe(FAMILY);
    expect(definition).toMatchObject({ ephemeralStorage: { sizeInGiB: 200 }, taskRoleArn: 'role/task' });
    expect(definition.containerDefinitions[0]).toMatchObject({
      user: '70',
      readonlyRootFilesystem: false,
      secrets: tasks.secrets,
    });
    expect(tasks.registered.size).toBe(0);
  });

  it('passes secrets of a script as a version of a secret that the role reads, and leaves neither label nor trace', async () => {
    const secret = `s3cret ' "$(id)\\ ü ${'x'.repeat(3000)}`;
    tasks.labels.set('terrace-script-of-a-killed-command', {});
    const { stdout } = await (await placeOf()).run('printf %s "$TOKEN"', { ...OPTIONS, secrets: { TOKEN: secret } });
    expect(stdout).toBe(secret);
    const registered = aws.calls.findLast(({ name }) => name === 'RegisterTaskDefinition')?.input;
    expect(JSON.stringify(registered)).not.toContain('s3cret');
    const own = registered.containerDefinitions[0].secrets.at(-1).valueFrom;
    expect(own).toMatch(new RegExp(`^${OWN_SECRET}:TOKEN:terrace-script-[0-9a-f-]+:$`));
    expect(aws.calls.findLast(({ name }) => name === 'PutSecretValue')?.input.VersionStages).not.toContain('AWSCURRENT');
    expect(tasks.labels.size).toBe(0);
  });

  it('refuses secrets of a script where only RDS has a secret, which takes no versions of others', async () => {
    tasks.secrets = tasks.secrets.slice(0, 1);
    await expect((await placeOf()).run('true', { ...OPTIONS, secrets: { TOKEN: 'x' } })).rejects.toThrow('cannot run as a task');
  });

  it('stops the task of a person who interrupts', async () => {
    const controller = new AbortController();
    const run = (await placeOf()).run('echo begun >&2; sleep 300', {
      ...OPTIONS,
      signal: controller.signal,
      report: () => controller.abort(),
    });
    await expect(run).rejects.toThrow('interrupted');
    expect(tasks.stopped).toBe(1);
    expect(tasks.registered.size).toBe(0);
  });
});
