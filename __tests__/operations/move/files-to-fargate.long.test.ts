/**
 * `npm run move -- shop-mvp --to shop-growth` with files, from end to end: the program runs on a host and in tasks, which are processes
 * of this machine, parts travel through an emulator of S3, and an application goes on writing until visitors are on the other side.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClients } from '../../../src/aws/clients';
import { awkwardFiles, treeOf } from '../../support/awkward-files';
import { withTestCredentials } from '../../support/aws-credentials';
import { AwsFront } from '../../support/aws-front';
import { boxed } from '../../support/boxed';
import { fileOf, runCommand } from '../../support/command';
import { example } from '../../support/example';
import { StubHost } from '../../support/stub-host';
import { OWN_SECRET, StubTasks } from '../../support/stub-tasks';
import { isMotoInstalled, Moto } from '../../support/terraform';
import { PlayedMove } from '../../support/played-move';
import { appliesOf, inSharedZone, keepStates, NAMES, namesTerraform, STATES } from '../../support/moved-shop';
import type * as WaitsSoon from '../../support/waits-soon';

jest.mock('../../../src/aws/waiting', () => jest.requireActual<typeof WaitsSoon>('../../support/waits-soon').waitsSoon(0.2));

jest.setTimeout(300_000);

const isPossible = isMotoInstalled();
if (!isPossible) process.stderr.write('moto_server is not installed: the move of files from end to end is skipped\n');

(isPossible ? describe : describe.skip)('a move of files from a box to Fargate, from end to end', () => {
  const restore = withTestCredentials();
  let moto: Moto;
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-moved-files-'));
  const output = join(scratch, 'cdktf.out');
  const to = join(scratch, 'efs');
  const terraform = namesTerraform();
  let servedBy = 'shop-mvp';
  const host = new StubHost();
  const tasks = new StubTasks({}, (script) => script.replaceAll('/mnt/files', to));
  let front: AwsFront;
  let aws: AwsClients;
  const from = join(host.folder, 'data/files/uploads/images');

  const files = {
    'shop-mvp': () => fileOf(boxed({ ...common(servedBy, true), name: 'shop-mvp' }))(),
    'shop-growth': () => fileOf(example({ ...common(servedBy, false), name: 'shop-growth' }))(),
  };
  const appliedNames = (): number => appliesOf(terraform, NAMES);

  beforeAll(async () => {
    // As the host sees its volume.
    host.program('gunzip', 'gzip -d | sed -e "s#/data/files#$HOST/data/files#g"');
    mkdirSync(from, { recursive: true });
    mkdirSync(to);
    awkwardFiles(from);
    tasks.services.set('shop-growth-api', {
      family: 'shop-growth-api',
      volumes: [{ name: 'uploads-images', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      containerDefinitions: [
        {
          name: 'api',
          secrets: [{ name: 'TOKEN', valueFrom: OWN_SECRET }],
          logConfiguration: { options: { 'awslogs-group': '/shop/growth/api', 'awslogs-stream-prefix': 'api' } },
        },
      ],
    });
    moto = await Moto.start();
    front = new AwsFront({ ...host.actions, ...tasks.actions }, moto.url);
    aws = new AwsClients({ region: 'eu-west-1', endpoint: await front.start() });
    await keepStates(
      aws,
      {
        'mvp/compute-box': { instance_id: 'i-0123456789abcdef0' },
        'growth/compute-fargate': {
          ...{ cluster_name: 'shop-growth', services: { api: { name: 'shop-growth-api' } } },
          ...{ workers: {}, schedules: {} },
        },
      },
      ['shop-mvp-backups'],
    );
    const synth = await runCommand(files, ['synth', '--output', output]);
    if (synth.exitCode !== 0) throw new Error(synth.stderr);
  });
  afterAll(async () => {
    await front.stop();
    moto.stop();
    host.remove();
    terraform.remove();
    rmSync(scratch, { recursive: true, force: true });
    restore();
  });

  const played = new PlayedMove({ files, name: 'shop-mvp', output, terraform, front: () => front });

  const isPart = ({ method, url = '' }: { readonly method?: string; readonly url?: string }, wanted: string): boolean =>
    method === wanted && url.includes('/part-');

  const left = async (): Promise<readonly string[]> => {
    const { Contents: found = [] } = await (await aws.s3()).listObjectsV2({ Bucket: STATES, Prefix: 'mvp/move/' });
    return found.map(({ Key: key = '' }) => key).filter((key) => key.includes('/files/'));
  };

  it('is killed while parts are sent and while they are received, and waits for the description with all files copied', async () => {
    await played.killedAt((request) => isPart(request, 'PUT'), { to: 'shop-growth', leave: ['secret/token'] });
    await played.killedAt((request) => isPart(request, 'GET'), { takeOver: true });
    const stdout = await played.done({ takeOver: true });
    expect(stdout).toContain('waiting at verify/description');
    expect(treeOf(to)).toEqual(treeOf(from));
    expect(await played.done({ status: true })).toMatch(/uploads\/images: \d+ files, 0 differences so far/);
  });

  it('is taken back, and nothing of it is left at the target, in the bucket, or in ECS', async () => {
    expect(await played.done({ back: true })).toContain('taken back');
    expect(readdirSync(to)).toEqual([]);
    expect(await left()).toEqual([]);
    expect({ definitions: tasks.registered.size, labels: tasks.labels.size }).toEqual({ definitions: 0, labels: 0 });
  });

  it('copies what has changed and deletes what was deleted before visitors change sides, and copies late writes after it', async () => {
    expect(await played.done({ to: 'shop-growth', leave: ['secret/token'] })).toContain('waiting at verify/description');
    servedBy = 'shop-growth';
    appendFileSync(join(from, 'first name'), ' and more');
    unlinkSync(join(from, 'dangling'));
    // The application of the old side writes until the names lead elsewhere.
    await played.killedAt(() => appliedNames() > 0);
    writeFileSync(join(from, 'late'), 'during the switch');
    const stdout = await played.done({ takeOver: true });
    expect(stdout).toContain('visitors are on the new side');
    expect(stdout).toMatch(/last-verify\/files-uploads-images: uploads\/images: \d+ files with \d+ bytes/);
    expect(stdout).toMatch(/watch\/files-uploads-images: uploads\/images: 1 files copied after the switch/);
    expect(stdout).toMatch(/watch\/files-uploads-images-again: uploads\/images: 0 files copied after the switch/);
    expect(readFileSync(join(to, 'late'), 'utf8')).toBe('during the switch');
    expect(treeOf(to)).toEqual(treeOf(from));
  });

  it('does not go back when that would lose a file that was written since, and stays', async () => {
    writeFileSync(join(to, 'new'), 'of a visitor');
    servedBy = 'shop-mvp';
    const { end, stdout } = await played.run({ back: true });
    expect(end).toBe(1);
    expect(stdout).toContain('the files of uploads/images: new');
    servedBy = 'shop-growth';
    expect(await played.done({ finish: true })).toContain('finished');
    expect(existsSync(join(to, '.terrace-move'))).toBe(false);
    expect(readFileSync(join(to, 'new'), 'utf8')).toBe('of a visitor');
    expect(await left()).toEqual([]);
  });

  it('shows no address where a history or a definition keeps it', () => {
    const asked = front.calls.filter(({ name }) => name !== 'PutSecretValue').map(({ input }) => JSON.stringify(input));
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.join('\n')).not.toContain('X-Amz-Signature');
  });
});

function common(servedBy: string, isBox: boolean) {
  const { api } = example().services!;
  return {
    ...inSharedZone(servedBy),
    database: undefined,
    secrets: { token: { description: 'a token of the application' } },
    fileSystems: { uploads: { accessPoints: { images: { path: '/images', userId: 0, groupId: 0 } } } },
    services: {
      api: {
        ...api!,
        ...(isBox ? { replicas: { min: 1, max: 1 }, scaling: undefined } : {}),
        environment: { TOKEN: { secret: 'token' } },
        mounts: [{ fileSystem: 'uploads', accessPoint: 'images', path: '/app/images' }],
      },
    },
  } as never as object;
}
