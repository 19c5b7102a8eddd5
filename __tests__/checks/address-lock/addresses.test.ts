/** Locked addresses and a synthesis: what is new, moved, released and missing. */
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { compare } from '../../../src/checks/address-lock/addresses';
import { recordMove } from '../../../src/terraform/record-move';
import type { Modules, RootModule } from '../../../src/terraform/root-module';
import { synthModule } from '../../support/synth';

describe('a renamed construct', () => {
  const modules = (module: object): Modules => ({ 'shop-data': module });
  const bucket = (name: string) => ({ resource: { aws_s3_bucket: { [name]: {} } } });
  const locked = { 'shop-data': ['aws_s3_bucket.uploads'] };

  test('is reported as missing, with the new address', () => {
    const module = synthModule((stack) => void new S3Bucket(stack, 'files', {}));
    const { gone, added } = compare({ test: ['aws_s3_bucket.uploads'] }, { test: module });
    expect({ gone, added }).toEqual({
      gone: [{ stack: 'test', address: 'aws_s3_bucket.uploads' }],
      added: [{ stack: 'test', address: 'aws_s3_bucket.files' }],
    });
  });

  test('is accepted with a recorded move, or several', () => {
    const module = synthModule((stack) => {
      const files = new S3Bucket(stack, 'files', {});
      recordMove(files, 'uploads');
      recordMove(
        new S3BucketVersioningA(stack, 'files-versions', { bucket: files.id, versioningConfiguration: { status: 'Enabled' } }),
        'versions',
      );
    });
    expect(compare({ test: ['aws_s3_bucket.uploads'] }, { test: module })).toEqual({
      moved: [{ stack: 'test', address: 'aws_s3_bucket.uploads', to: 'aws_s3_bucket.files' }],
      added: [],
      gone: [],
      released: [],
    });
    const moved = [
      { from: 'aws_s3_bucket.uploads', to: 'aws_s3_bucket.papers' },
      { from: '${aws_s3_bucket.papers}', to: '${aws_s3_bucket.files}' },
    ];
    expect(compare(locked, modules({ ...bucket('files'), moved })).gone).toEqual([]);
  });

  test('is refused when the moves lead nowhere, or in a circle', () => {
    const nowhere = [{ from: 'aws_s3_bucket.uploads', to: 'aws_s3_bucket.none' }];
    const circle = [...nowhere, { from: 'aws_s3_bucket.none', to: 'aws_s3_bucket.uploads' }];
    for (const moved of [nowhere, circle]) expect(compare(locked, modules({ ...bucket('files'), moved })).gone).toHaveLength(1);
  });

  test('may be removed from the state without being destroyed, and only then', () => {
    const removed = (destroy: boolean) => [{ from: 'aws_s3_bucket.uploads', lifecycle: { destroy } }];
    expect(compare(locked, modules({ removed: removed(false) }))).toMatchObject({
      gone: [],
      released: [{ address: 'aws_s3_bucket.uploads' }],
    });
    expect(compare(locked, modules({ removed: removed(true) })).gone).toHaveLength(1);
  });

  test.each([
    ['no count', { count: 0 }],
    ['an empty for_each', { for_each: {} }],
    ['an empty expression', { for_each: '${toset([])}' }],
  ])('is missing with %s, which deletes the resource', (_, block) => {
    const module = { resource: { aws_s3_bucket: { uploads: block } } };
    expect(compare(locked, modules(module)).gone).toHaveLength(1);
    expect(compare(locked, modules({ resource: { aws_s3_bucket: { uploads: { count: 1 } } } })).gone).toEqual([]);
  });

  test('is missing when one of several removed blocks destroys it', () => {
    const removed = [false, true].map((destroy) => ({ from: 'aws_s3_bucket.uploads', lifecycle: { destroy } }));
    expect(compare(locked, modules({ removed }))).toMatchObject({ gone: [{ address: 'aws_s3_bucket.uploads' }], released: [] });
  });

  test('is missing when another resource is moved to the same address, or is there already', () => {
    const both = { 'shop-data': ['aws_s3_bucket.papers', 'aws_s3_bucket.uploads'] };
    const moved = ['papers', 'uploads'].map((name) => ({ from: `aws_s3_bucket.${name}`, to: 'aws_s3_bucket.files' }));
    expect(compare(both, modules({ ...bucket('files'), moved }))).toMatchObject({
      moved: [{ address: 'aws_s3_bucket.papers' }],
      gone: [{ address: 'aws_s3_bucket.uploads' }],
    });
    const onto = [{ from: 'aws_s3_bucket.uploads', to: 'aws_s3_bucket.papers' }];
    expect(compare(both, modules({ ...bucket('papers'), moved: onto })).gone).toHaveLength(1);
  });

  test('every move of a stack is written as terraform reads it', () => {
    const { moved } = synthModule((stack) => {
      recordMove(new S3Bucket(stack, 'one', {}), 'first');
      recordMove(new S3Bucket(stack, 'two', {}), 'second');
    }) as RootModule;
    expect(moved).toEqual([
      { from: 'aws_s3_bucket.first', to: 'aws_s3_bucket.one' },
      { from: 'aws_s3_bucket.second', to: 'aws_s3_bucket.two' },
    ]);
  });
});
