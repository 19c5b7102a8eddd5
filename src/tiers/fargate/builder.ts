/** Builds container images by CodeBuild, because Fargate has no Docker daemon. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CodebuildProject, type CodebuildProjectSource } from '@cdktf/provider-aws/lib/codebuild-project';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedBuilder } from '../../config/resolved/environment';
import type { Statement } from '../../modules/iam/policy';
import { ServiceRole } from '../../modules/iam/service-role';

/** CodeBuild's own image and environment type for each architecture (CodeBuild user guide, "Docker images provided by CodeBuild"). */
const MACHINES = {
  x86_64: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0' },
  arm64: { type: 'ARM_CONTAINER', image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0' },
} as const;

/** What `docker push` to a repository needs (ECR user guide, "Pushing an image"), and reading layers as a cache. */
const PUSH_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:GetDownloadUrlForLayer',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

export interface BuilderProps {
  /** The environment's name; begins the names of project and role. */
  readonly environment: string;
  readonly builder: ResolvedBuilder;
  /** The repositories of `builder.images`, in the same order: the only ones that it may push to. */
  readonly repositories: readonly { readonly url: string; readonly arn: string }[];
  /** The bucket of a `bucket` source. */
  readonly sourceBucket?: { readonly name: string; readonly arn: string };
  /** Further permissions of the build, from the environment file. */
  readonly statements: readonly Statement[];
  readonly logRetentionDays: number;
  readonly region: string;
  readonly accountId: string;
  /** Encrypts the build's output in CodeBuild. @default CodeBuild's own key */
  readonly keyArn?: string;
  /** Encrypts the logs; the key must let CloudWatch Logs use it. @default CloudWatch's own key */
  readonly logKeyArn?: string;
}

/** A CodeBuild project with a Docker daemon, and a role that may push to the named repositories. */
export class Builder extends Construct {
  public readonly projectName: string;
  public readonly projectArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BuilderProps,
  ) {
    super(scope, id);
    const logs = this.createLogGroup();
    const role = this.createRole(logs.arn);
    const project = this.createProject(logs.name, role.arn);
    this.projectName = project.name;
    this.projectArn = project.arn;
  }

  private createLogGroup(): CloudwatchLogGroup {
    const { builder, logRetentionDays, logKeyArn } = this.props;
    return new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/codebuild/${builder.name}`,
      retentionInDays: logRetentionDays,
      kmsKeyId: logKeyArn,
    });
  }

  private createRole(logGroupArn: string): ServiceRole {
    const { environment, builder, region, accountId, statements } = this.props;
    return new ServiceRole(this, 'build', {
      name: resourceName(environment, `${builder.key}-build`, 'iamRole'),
      description: `Builds and pushes the images of ${builder.key} of ${environment}`,
      service: 'codebuild.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnEquals: { 'aws:SourceArn': `arn:aws:codebuild:${region}:${accountId}:project/${builder.name}` },
      },
      statements: [...this.buildStatements(logGroupArn), ...this.sourceStatements(), ...this.keyStatements(), ...statements],
    });
  }

  private buildStatements(logGroupArn: string): readonly Statement[] {
    return [
      { sid: 'WriteItsLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logGroupArn}:*`] },
      // The token has no resource; the next statement limits what it can be used for.
      { sid: 'LogInToTheRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
      { sid: 'PushItsImages', actions: PUSH_ACTIONS, resources: this.props.repositories.map(({ arn }) => arn) },
    ];
  }

  private sourceStatements(): readonly Statement[] {
    const { source } = this.props.builder;
    if (source.kind !== 'bucket') return [];
    const { arn } = this.sourceBucket();
    const folder = source.path.endsWith('/');
    // CodeBuild lists a folder to download it. Without the condition, a build could list the whole bucket.
    const listFolder: Statement = {
      sid: 'ListItsSource',
      actions: ['s3:ListBucket'],
      resources: [arn],
      conditions: { StringLike: { 's3:prefix': [source.path, `${source.path}*`] } },
    };
    return [
      {
        sid: 'ReadItsSource',
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [`${arn}/${source.path}${folder ? '*' : ''}`],
      },
      { sid: 'FindItsSource', actions: ['s3:GetBucketAcl', 's3:GetBucketLocation'], resources: [arn] },
      ...(folder ? [listFolder] : []),
    ];
  }

  /** Objects of S3 only: CodeBuild keeps its output there. Repositories in ECR use the key by a grant. */
  private keyStatements(): readonly Statement[] {
    const { keyArn, region } = this.props;
    if (keyArn === undefined) return [];
    return [
      {
        sid: 'UseTheKey',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
      },
    ];
  }

  private createProject(logGroupName: string, roleArn: string): CodebuildProject {
    const { environment, builder, keyArn } = this.props;
    return new CodebuildProject(this, 'project', {
      name: builder.name,
      description: `Builds ${builder.images.join(', ')} of ${environment}`,
      serviceRole: roleArn,
      buildTimeout: builder.timeoutMinutes,
      encryptionKey: keyArn,
      artifacts: { type: 'NO_ARTIFACTS' },
      cache: { type: 'NO_CACHE' },
      environment: {
        ...MACHINES[builder.architecture],
        computeType: builder.size,
        // The Docker daemon runs on the build's own machine, which is discarded after each build.
        privilegedMode: true,
        environmentVariable: Object.entries(this.variables()).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })),
      },
      logsConfig: { cloudwatchLogs: { status: 'ENABLED', groupName: logGroupName } },
      source: this.source(),
    });
  }

  /** The repositories as `REPOSITORY_<IMAGE>`, and the variables of the environment file. */
  private variables(): Readonly<Record<string, string>> {
    const { builder, repositories } = this.props;
    const urls = builder.images.flatMap((image, index) => {
      const url = repositories[index]?.url;
      return url === undefined ? [] : [[`REPOSITORY_${image.replaceAll('-', '_').toUpperCase()}`, url] as const];
    });
    return { ...Object.fromEntries(urls), ...builder.environment };
  }

  private source(): CodebuildProjectSource {
    const { source, buildspec: commands } = this.props.builder;
    // CodeBuild takes a text of several lines as the specification itself, and one line as a path.
    const buildspec = commands.kind === 'inline' ? `${commands.text.trim()}\n` : commands.path;
    switch (source.kind) {
      case 'github':
        return { type: 'GITHUB', location: source.url, gitCloneDepth: 1, buildspec };
      case 'bucket':
        return { type: 'S3', location: `${this.sourceBucket().name}/${source.path}`, buildspec };
    }
  }

  private sourceBucket(): { readonly name: string; readonly arn: string } {
    const { builder, sourceBucket } = this.props;
    if (sourceBucket === undefined)
      throw new Error(`the builder ${builder.key} takes its source from a bucket, but was given none`);
    return sourceBucket;
  }
}
