import { parseEnvironment } from '../../../src/config';
import { fargate } from '../../../src/operations/fargate/operations';
import { withTestCredentials } from '../../support/aws-credentials';
import { example } from '../../support/example';
import { operated } from '../../support/operated';
import { StubAws } from '../../support/stub-aws';
import { OWN_SECRET, StubTasks } from '../../support/stub-tasks';

const OPTIONS = { timeoutSeconds: 60 };
const FOLDER = { fileSystem: 'files', accessPoint: 'uploads', writes: true };
const MOUNT = { fileSystem: 'files', accessPoint: 'uploads', path: '/app/uploads' };

jest.setTimeout(60_000);

/** The example, whose service mounts a folder. */
function mounting(changes: object = {}) {
  const { api } = example().services!;
  return example({
    fileSystems: { files: { accessPoints: { uploads: { path: '/uploads', userId: 33, groupId: 34 } } } },
    services: { api: { ...api!, mounts: [MOUNT], ...changes } },
  });
}

describe('scripts that see the files of an environment on Fargate', () => {
  const restore = withTestCredentials();
  const tasks = new StubTasks({}, (script) => script.replaceAll('/mnt/files', '/files-of-the-task'));
  const aws = new StubAws(tasks.actions);
  const environment = parseEnvironment(mounting());
  const volume = {
    name: 'files-uploads',
    efsVolumeConfiguration: {
      fileSystemId: 'fs-1',
      transitEncryption: 'ENABLED',
      authorizationConfig: { accessPointId: 'fsap-1', iam: 'ENABLED' },
    },
  };
  let endpoint = '';

  beforeAll(async () => {
    endpoint = await aws.start();
    tasks.services.set('shop-test-api', {
      family: 'shop-test-api',
      taskRoleArn: 'role/api',
      executionRoleArn: 'role/api-execution',
      volumes: [volume, { name: 'scratch--tmp' }],
      containerDefinitions: [
        { name: 'collector', image: 'collector', secrets: [] },
        {
          name: 'api',
          image: 'api',
          environment: [{ name: 'OWN', value: 'of the application' }],
          secrets: [{ name: 'DATABASE_PASSWORD', valueFrom: `${OWN_SECRET}:password::` }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': '/shop/test/api', 'awslogs-stream-prefix': 'api' },
          },
        },
      ],
    });
  });
  afterAll(async () => {
    await aws.stop();
    restore();
  });

  const placeOf = () =>
    fargate.filesPlace(
      operated(environment, endpoint, {
        handovers: { 'compute-fargate': { clusterName: 'shop-test', services: { api: { name: 'shop-test-api' } }, workers: {} } },
      }),
      FOLDER,
    );

  it('mount the folder with the roles and the network of the service, and have nothing else of it', async () => {
    const place = await placeOf();
    expect(place).toMatchObject({ folder: '/mnt/files', owner: { userId: 33, groupId: 34 } });
    const { stdout } = await place.run('echo /mnt/files "$TOKEN"', { ...OPTIONS, secrets: { TOKEN: 's3cret' } });
    expect(stdout).toBe('/files-of-the-task s3cret\n');
    const definition = aws.calls.findLast(({ name }) => name === 'RegisterTaskDefinition')?.input;
    expect(definition).toMatchObject({
      family: 'shop-test-api-files',
      taskRoleArn: 'role/api',
      executionRoleArn: 'role/api-execution',
      volumes: [volume],
    });
    const [container, ...others] = definition.containerDefinitions;
    expect(others).toEqual([]);
    expect(container.mountPoints).toEqual([{ sourceVolume: 'files-uploads', containerPath: '/mnt/files', readOnly: false }]);
    expect(container.secrets.map(({ name }: { name: string }) => name)).toEqual(['TOKEN']);
    expect(JSON.stringify(definition)).not.toMatch(/s3cret|of the application/);
    const { awsvpcConfiguration } = aws.calls.findLast(({ name }) => name === 'RunTask')?.input.networkConfiguration;
    expect(awsvpcConfiguration).toEqual({ subnets: ['subnet-2'], securityGroups: ['sg-2'], assignPublicIp: 'DISABLED' });
  });

  it('leave no task definition and no label, also those of a command that was killed', async () => {
    tasks.registered.set('arn:of-a-killed-command', { family: 'shop-test-api-files' });
    await (await placeOf()).run('true', { ...OPTIONS, secrets: { TOKEN: 's3cret' } });
    expect({ definitions: tasks.registered.size, labels: tasks.labels.size }).toEqual({ definitions: 0, labels: 0 });
  });

  it('are refused where no container mounts the folder, only reads it, or has no secret that could pass addresses', () => {
    const problem = (changes: object) => fargate.filesProblem(parseEnvironment(mounting(changes)), FOLDER);
    expect(problem({})).toBeUndefined();
    expect(problem({ mounts: [] })).toContain('no container mounts files/uploads');
    expect(problem({ mounts: [{ ...MOUNT, readOnly: true }] })).toContain('mounts files/uploads to write to it');
    expect(problem({ environment: {} })).toContain('api has none');
  });
});
