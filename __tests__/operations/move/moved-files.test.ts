import { parseEnvironment } from '../../../src/config';
import { carriedFiles, stayingFiles, type FilesSide } from '../../../src/operations/move/moved-files';
import type { StackChange } from '../../../src/operations/move/stacks';
import { done } from '../../../src/operations/move/steps';
import { tierSteps } from '../../../src/operations/move/tier-move';
import { boxed, moved } from '../../support/boxed';
import { example } from '../../support/example';
import { operated } from '../../support/operated';

const TOOLS = { report: () => undefined, factsOf: () => ({}), discardWrites: false };
const STORE = { kind: 's3', store: { name: 'shop', bucket: 'shop-terraform-state', region: 'eu-west-1' } } as const;
const POINTS = { images: { path: '/images' }, thumbnails: { path: '/images/small' }, again: { path: '/images' } };
const mounts = (...points: readonly string[]) =>
  points.map((accessPoint) => ({ fileSystem: 'uploads', accessPoint, path: `/app/${accessPoint}` }));

function side(describe: typeof example, name: string, changes: object = {}, service: object = {}): FilesSide {
  const { api } = describe().services!;
  const environment = parseEnvironment(
    describe({
      name,
      backend: STORE,
      fileSystems: { uploads: { accessPoints: POINTS } },
      services: { api: { ...api!, mounts: mounts('images', 'thumbnails', 'again'), ...service } },
      ...changes,
    }),
  );
  return { target: operated(environment, undefined), tier: environment.tier.kind, name };
}

const box = (changes: object = {}, service: object = {}) => side(boxed as typeof example, 'shop-mvp', changes, service);
const fargate = (changes: object = {}, service: object = {}) => side(example, 'shop-growth', changes, service);

describe('files of a move', () => {
  it('are carried folder by folder, each folder once', () => {
    expect(carriedFiles(box(), fargate(), [], 'move_1').map(({ name }) => name)).toEqual([
      'uploads/images',
      'uploads/thumbnails',
    ]);
    expect(stayingFiles(box(), fargate(), [])).toEqual([]);
    const other = box({}, { mounts: mounts('thumbnails', 'again') });
    expect(carriedFiles(other, fargate(), [], 'move_1').map(({ name }) => name)).toEqual(['uploads/again', 'uploads/thumbnails']);
  });

  it('leave access points inside to their own copy', async () => {
    const [images, thumbnails] = carriedFiles(
      { ...box(), target: operated(box().target.environment, undefined, HOST) },
      { ...box(), target: operated(box().target.environment, undefined, HOST) },
      [],
      'move_1',
    );
    expect(await images?.moveOf()).toMatchObject({
      skipped: ['small'],
      source: { folder: '/data/files/uploads/images' },
      root: { u: 1000, g: 1000, mode: 0o750 },
    });
    expect(await thumbnails?.moveOf()).toMatchObject({ skipped: [], source: { folder: '/data/files/uploads/images/small' } });
  });

  it.each([
    [
      'the target does not declare',
      box(),
      fargate({ fileSystems: {} }, { mounts: [] }),
      'shop-growth declares none of this name',
    ],
    [
      'the target has no access point for',
      box(),
      fargate({ fileSystems: { uploads: { accessPoints: { images: POINTS.images } } } }, { mounts: mounts('images') }),
      'shop-growth has no access point thumbnails of it',
    ],
    ['nothing at the source mounts', box({}, { mounts: [] }), fargate(), 'no container of shop-mvp mounts uploads/images'],
    ['nothing at the target mounts', box(), fargate({}, { mounts: [] }), 'no container mounts uploads/images to write to it'],
    ['have no way through a bucket', box({ backend: { kind: 'local' } }), fargate(), 'are in no bucket'],
    ['no secret can pass addresses for', box(), fargate({}, { environment: {} }), 'api has none'],
  ])('that %s stay, with the reason', (_, source, target, why) => {
    const [staying] = stayingFiles(source, target, []);
    expect(staying).toMatchObject({ thing: 'file-system/uploads', why: expect.stringContaining(why) });
    expect(carriedFiles(source, target, [], 'move_1')).toEqual([]);
  });

  it('stay where a person says so', () => {
    expect(stayingFiles(box(), fargate(), ['file-system/uploads'])).toHaveLength(1);
    expect(carriedFiles(box(), fargate(), ['file-system/uploads'], 'move_1')).toEqual([]);
  });
});

const HOST = { handovers: { 'compute-box': { instanceId: 'i-0123456789abcdef0' } } };

describe('a move from a box to its next tier', () => {
  const applied: StackChange[] = [];

  function steps(percent: number) {
    const network = { cidr: '10.0.0.0/16', zones: 2, nat: 'single' };
    const next = { nextTier: 'fargate', network, edge: { nextTierPercent: percent } };
    const { target } = side(moved as typeof example, 'shop-mvp', next);
    return tierSteps({
      ...{ target, choices: { leave: [] }, watched: { minutes: 1 }, id: 'move_1', from: 'box', to: 'fargate' },
      stackNames: ['shop-mvp-data', 'shop-mvp-compute-fargate', 'shop-mvp-edge'],
      stacks: { apply: (change: StackChange) => Promise.resolve((applied.push(change), done())) },
    });
  }
  const run = (id: string, percent: number) =>
    steps(percent)
      .find((step) => step.id === id)!
      .run(TOOLS);

  it('carries the files before all traffic moves at once', async () => {
    const ids = steps(0).map(({ id }) => id);
    expect(ids.filter((id) => id.endsWith('/files-uploads-images')).map((id) => id.split('/')[0])).toEqual([
      'copy',
      'verify',
      'last-copy',
      'last-verify',
      'watch',
      'finish',
    ]);
    expect(ids.indexOf('last-verify/files-uploads-images')).toBeLessThan(ids.indexOf('switch/traffic'));
    expect(await run('verify/description', 0)).toMatchObject({
      kind: 'waits',
      notes: [expect.any(String), expect.stringContaining('nextTierPercent: 100')],
    });
    expect(await run('verify/description', 100)).toMatchObject({ kind: 'done' });
    expect(await run('switch/traffic', 50)).toMatchObject({ kind: 'waits' });
    expect(applied).toEqual([]);
  });

  it('leads no traffic to a side without files', async () => {
    expect(await run('build/stacks', 100)).toMatchObject({
      kind: 'waits',
      notes: [expect.stringContaining('must get no traffic'), expect.stringContaining('nextTierPercent: 0')],
    });
    expect(applied).toEqual([]);
  });
});
