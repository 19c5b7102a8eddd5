import { CodebuildProject } from '@cdktf/provider-aws/lib/codebuild-project';
import { Testing } from 'cdktf';
import { Builder, type BuilderProps } from '../../../src/tiers/fargate/builder';
import { resourcesOf, synthModule, theOnly } from '../../support/synth';

const REPOSITORY = {
  url: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/api',
  arn: 'arn:aws:ecr:eu-west-1:123456789012:repository/shop/api',
};
const BUCKET = { name: 'shop-uploads', arn: 'arn:aws:s3:::shop-uploads' };

const builder: BuilderProps['builder'] = {
  key: 'images',
  name: 'shop-test-images',
  source: { kind: 'github', url: 'https://github.com/shop/api' },
  images: ['api-server'],
  size: 'BUILD_GENERAL1_SMALL',
  architecture: 'x86_64',
  timeoutMinutes: 60,
  buildspec: { kind: 'source', path: 'buildspec.yml' },
  environment: { STAGE: 'test' },
  permissions: [],
};

const props: BuilderProps = {
  environment: 'shop-test',
  builder,
  repositories: [REPOSITORY],
  statements: [],
  logRetentionDays: 30,
  region: 'eu-west-1',
  accountId: '123456789012',
};

const synth = (changes: Partial<BuilderProps> = {}) =>
  synthModule((stack) => void new Builder(stack, 'images', { ...props, ...changes }));
const statementsOf = (module: ReturnType<typeof synth>): any[] =>
  JSON.parse(theOnly(module, 'aws_iam_role_policy').policy).Statement;

describe('a builder', () => {
  it('builds from its repository with a Docker daemon', () => {
    const synthesised = Testing.synthScope((scope) => void new Builder(scope, 'images', props));
    expect(synthesised).toHaveResourceWithProperties(CodebuildProject, { name: 'shop-test-images', build_timeout: 60 });
    const project = theOnly(synth(), 'aws_codebuild_project');
    expect(project.environment).toMatchObject({
      type: 'LINUX_CONTAINER',
      image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
      privileged_mode: true,
      compute_type: 'BUILD_GENERAL1_SMALL',
    });
    expect(project.source).toMatchObject({ type: 'GITHUB', location: 'https://github.com/shop/api', buildspec: 'buildspec.yml' });
    expect(project.artifacts).toEqual({ type: 'NO_ARTIFACTS' });
  });

  it('builds for ARM on an ARM machine', () => {
    const { environment } = theOnly(synth({ builder: { ...builder, architecture: 'arm64' } }), 'aws_codebuild_project');
    expect(environment).toMatchObject({ type: 'ARM_CONTAINER', image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0' });
  });

  it('passes repositories and variables to the build', () => {
    const { environment } = theOnly(synth(), 'aws_codebuild_project');
    expect(environment.environment_variable).toEqual([
      { name: 'REPOSITORY_API_SERVER', value: REPOSITORY.url, type: 'PLAINTEXT' },
      { name: 'STAGE', value: 'test', type: 'PLAINTEXT' },
    ]);
  });

  it('may push to its repositories only', () => {
    const push = statementsOf(synth()).filter(({ Action }) => Action.includes('ecr:PutImage'));
    expect(push).toHaveLength(1);
    expect(push[0].Resource).toEqual([REPOSITORY.arn]);
  });

  it("has no wildcard resource but for the registry's token, for which AWS knows none", () => {
    const open = statementsOf(synth()).filter(({ Resource }) => Resource.includes('*'));
    expect(open.map(({ Action }) => Action)).toEqual([['ecr:GetAuthorizationToken']]);
  });

  it('logs to a separate group with the given retention', () => {
    const module = synth({ logRetentionDays: 14 });
    expect(theOnly(module, 'aws_cloudwatch_log_group')).toMatchObject({
      name: '/aws/codebuild/shop-test-images',
      retention_in_days: 14,
    });
    expect(theOnly(module, 'aws_codebuild_project').logs_config.cloudwatch_logs).toEqual({
      status: 'ENABLED',
      group_name: '${aws_cloudwatch_log_group.images_logs.name}',
    });
    expect(statementsOf(module)[0].Resource).toEqual(['${aws_cloudwatch_log_group.images_logs.arn}:*']);
  });

  it('reads one object of a bucket, or one folder, and no other', () => {
    const from = (path: string) => ({
      builder: { ...builder, source: { kind: 'bucket' as const, bucket: 'uploads', path } },
      sourceBucket: BUCKET,
    });
    const readable = (path: string) => statementsOf(synth(from(path))).find(({ Sid }) => Sid === 'ReadItsSource').Resource;
    expect(readable('source.zip')).toEqual(['arn:aws:s3:::shop-uploads/source.zip']);
    expect(readable('source/')).toEqual(['arn:aws:s3:::shop-uploads/source/*']);
    expect(theOnly(synth(from('source.zip')), 'aws_codebuild_project').source).toMatchObject({
      type: 'S3',
      location: 'shop-uploads/source.zip',
    });
  });

  it('lists its folder, and nothing else of the bucket', () => {
    const lists = (path: string) =>
      statementsOf(
        synth({
          builder: { ...builder, source: { kind: 'bucket', bucket: 'uploads', path } },
          sourceBucket: BUCKET,
        }),
      ).filter(({ Action }) => Action.includes('s3:ListBucket'));
    expect(lists('source/')).toMatchObject([{ Condition: { StringLike: { 's3:prefix': ['source/', 'source/*'] } } }]);
    expect(lists('source.zip')).toEqual([]);
  });

  it('passes commands of the description to CodeBuild as they are', () => {
    const text = 'version: 0.2\nphases: { build: { commands: [make] } }';
    const module = synth({ builder: { ...builder, buildspec: { kind: 'inline', text } } });
    expect(theOnly(module, 'aws_codebuild_project').source.buildspec).toBe(`${text}\n`);
  });

  it('refuses a bucket source without the bucket', () => {
    expect(() => synth({ builder: { ...builder, source: { kind: 'bucket', bucket: 'uploads', path: 'source.zip' } } })).toThrow(
      /given none/,
    );
  });

  it('reads no bucket when its source is elsewhere', () => {
    expect(
      statementsOf(synth())
        .flatMap(({ Action }) => Action)
        .filter((action: string) => action.startsWith('s3:')),
    ).toEqual([]);
  });

  it("encrypts with the environment's key and may use it, when there is one", () => {
    const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1';
    const module = synth({ keyArn });
    expect(theOnly(module, 'aws_codebuild_project').encryption_key).toBe(keyArn);
    expect(statementsOf(module).find(({ Sid }) => Sid === 'UseTheKey')).toMatchObject({
      Resource: [keyArn],
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    });
    expect(statementsOf(synth()).some(({ Sid }) => Sid === 'UseTheKey')).toBe(false);
  });

  it('trusts only CodeBuild for its own project, and adds what the environment allows', () => {
    const module = synth({ statements: [{ sid: 'More', actions: ['s3:PutObject'], resources: ['arn:aws:s3:::a/b'] }] });
    const [trust] = JSON.parse(theOnly(module, 'aws_iam_role').assume_role_policy).Statement;
    expect(trust).toMatchObject({
      Principal: { Service: ['codebuild.amazonaws.com'] },
      Condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnEquals: { 'aws:SourceArn': 'arn:aws:codebuild:eu-west-1:123456789012:project/shop-test-images' },
      },
    });
    expect(statementsOf(module).at(-1)).toMatchObject({ Sid: 'More', Resource: ['arn:aws:s3:::a/b'] });
    expect(resourcesOf(module, 'aws_iam_role')).toHaveLength(1);
  });
});
