/** Look-ups in what earlier stacks publish: what the rules promise is there, and its absence is an error that names it. */
import { logBucketOf, logKeyArnOf, required } from '../../src/contracts/lookups';

const LOGS = { name: 'shop-logs', arn: 'arn:aws:s3:::shop-logs' };

describe('a required value', () => {
  test('is returned, also when it is empty', () => {
    expect(required('sg-1', 'the group')).toBe('sg-1');
    expect(required('', 'the group')).toBe('');
  });

  test('is named by the error when it is missing', () => {
    expect(() => required(undefined, 'the bucket "uploads"')).toThrow('the bucket "uploads" is missing');
  });
});

describe('the log bucket', () => {
  test('is the bucket that the environment names', () => {
    expect(logBucketOf({ logBucket: 'logs' }, { buckets: { uploads: { name: 'x', arn: 'x' }, logs: LOGS } })).toBe(LOGS);
  });

  test('is never another bucket, nor a guessed name', () => {
    expect(() => logBucketOf({ logBucket: 'logs' }, { buckets: { uploads: LOGS } })).toThrow('the log bucket "logs" is missing');
  });
});

describe('the key of log groups', () => {
  const data = (encryption: 'kms' | 'aws') => ({ logs: { retentionDays: 30 as const, encryption } });

  test("is the environment's where logs ask for it", () => {
    expect(logKeyArnOf(data('kms'), 'arn:key')).toBe('arn:key');
  });

  test('is none where they do not, although the environment has a key', () => {
    expect(logKeyArnOf(data('aws'), 'arn:key')).toBeUndefined();
  });
});
