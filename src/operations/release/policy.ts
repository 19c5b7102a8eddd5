/** The IAM policy of a role that releases an environment and does nothing else, such as the one of an application's pipeline. */
import { environmentState } from '../../terraform/environment-state';
import { rolledBy, type ArnOf, type PolicyStatement, type Releaser } from './releaser';
import { releaserOf } from '../releases';
import { checkAccount, type Target } from '../target';
import { publishedImages } from './plan';
import { recordName } from './record';

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly (PolicyStatement & { readonly Effect: 'Allow' })[];
}

/**
 * Without what jobs before a release need: the job of a tier is started by its own command. On Kubernetes the API of the cluster asks
 * for rights of its own (docs/images.md).
 */
export async function releasePolicy(target: Target): Promise<PolicyDocument> {
  const { environment } = target;
  const account = await checkAccount(target);
  const arn: ArnOf = (service, resource) => `arn:aws:${service}:${environment.identity.region}:${account}:${resource}`;
  const keys = environment.data.images.map(({ key }) => key);
  const images = [...(await publishedImages(target, keys)).values()];
  const releaser = await releaserOf(target);
  const statements = [
    ...stateStatements(target, releaser, arn),
    {
      Sid: 'ReadImages',
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: images.map(({ repositoryArn }) => repositoryArn),
    },
    {
      Sid: 'WriteImageParameters',
      Action: ['ssm:GetParameterHistory', 'ssm:PutParameter'],
      Resource: images.map(({ parameterName }) => arn('ssm', `parameter${parameterName}`)),
    },
    {
      Sid: 'HoldTheRecord',
      Action: ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
      Resource: [arn('ssm', `parameter${recordName(environment.identity)}`)],
    },
    ...(environment.sleep === undefined
      ? []
      : [
          {
            Sid: 'SeeWhetherAsleep',
            Action: ['ssm:GetParameter'],
            Resource: [arn('ssm', `parameter${environment.sleep.parameterName}`)],
          },
        ]),
    ...(await releaser.policy(rolledBy(target, keys), arn)),
  ];
  return { Version: '2012-10-17', Statement: statements.map((one) => ({ ...one, Effect: 'Allow' as const })) };
}

/** The states of the stacks whose outputs are read. States elsewhere than in S3 are no matter of IAM. */
function stateStatements({ environment }: Target, { stacks }: Releaser, arn: ArnOf): readonly PolicyStatement[] {
  const { backend } = environment;
  if (backend.kind !== 's3') return [];
  const { bucket, region } = backend.store;
  const keys = (['data', ...stacks] as const).map((kind) => environmentState(environment, kind).stateKey);
  const key = arn('kms', 'key/*').replace(`:${environment.identity.region}:`, `:${region}:`);
  return [
    { Sid: 'ReadOutputs', Action: ['s3:GetObject'], Resource: keys.map((one) => `arn:aws:s3:::${bucket}/${one}`) },
    {
      Sid: 'DecryptStates',
      Action: ['kms:Decrypt'],
      Resource: [key],
      Condition: {
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`] },
      },
    },
  ];
}
