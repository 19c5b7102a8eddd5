/** Adds the image builders of an environment to its Fargate stack. */
import type { Construct } from 'constructs';
import type { ResolvedBuilder } from '../../config/resolved/environment';
import { permissionStatements } from '../../modules/containers/permission-statements';
import { Builder } from './builder';
import type { TaskContext } from './task';

export interface BuildersProps {
  readonly context: TaskContext;
  readonly builders: readonly ResolvedBuilder[];
  readonly logRetentionDays: number;
  readonly logKeyArn?: string;
}

/** One CodeBuild project for each declared builder; it may push to its own images. */
export function addBuilders(scope: Construct, { context, builders, logRetentionDays, logKeyArn }: BuildersProps): void {
  const { images, buckets, keyArn } = context.handover;
  for (const builder of builders) {
    new Builder(scope, `builder-${builder.key}`, {
      environment: context.environment,
      builder,
      repositories: builder.images.map((image) => {
        const repository = images[image];
        if (repository === undefined)
          throw new Error(`${builder.key} builds the image "${image}", which the data stack does not hold`);
        return { url: repository.repositoryUrl, arn: repository.repositoryArn };
      }),
      sourceBucket: builder.source.kind === 'bucket' ? buckets[builder.source.bucket] : undefined,
      statements: permissionStatements(builder.permissions, context),
      logRetentionDays,
      region: context.region,
      accountId: context.accountId,
      keyArn,
      logKeyArn,
    });
  }
}
