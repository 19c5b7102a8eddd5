/** GitHub as an OIDC identity provider: workflows authenticate with a token, and no access key is stored. */
import { DataAwsIamOpenidConnectProvider } from '@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import type { Construct } from 'constructs';
import type { StateStore } from '../../config/resolved/environment';
import type { Statement } from '../iam/policy';
import { GITHUB_ISSUER } from './store-arns';

/** The audience that `aws-actions/configure-aws-credentials` requests. */
const AUDIENCE = 'sts.amazonaws.com';

/** Creates the account's provider or looks up the existing one: an account has only one per issuer. */
export function githubProviderArn(scope: Construct, id: string, source: 'create' | 'existing'): string {
  const url = `https://${GITHUB_ISSUER}`;
  switch (source) {
    case 'create':
      // Other stores of the account may use it later.
      return new IamOpenidConnectProvider(scope, id, { url, clientIdList: [AUDIENCE], lifecycle: { preventDestroy: true } }).arn;
    case 'existing':
      return new DataAwsIamOpenidConnectProvider(scope, id, { url }).arn;
  }
}

/** The repository, as its tokens name it. */
export type GithubRepository = Pick<
  NonNullable<StateStore['github']>,
  'owner' | 'repository' | 'ownerId' | 'repositoryId' | 'alsoTrustNames'
>;

/**
 * The subjects of the repository's tokens in a context, such as `environment:plan`. Repositories that were
 * created, renamed or transferred since 2026-07-15 send names with ids, older ones names alone until they opt in. Source: GitHub
 * changelog 2026-04-23, "Immutable subject claims for GitHub Actions OIDC tokens".
 */
export function githubSubjects(repository: GithubRepository, context: string): readonly string[] {
  const { owner, repository: name, ownerId, repositoryId, alsoTrustNames } = repository;
  const byName = `repo:${owner}/${name}:${context}`;
  if (ownerId === undefined || repositoryId === undefined) return [byName];
  const byId = `repo:${owner}@${ownerId}/${name}@${repositoryId}:${context}`;
  return alsoTrustNames ? [byId, byName] : [byId];
}

/** Trust in exactly these subjects, for exactly this audience. */
export function trustGithub(providerArn: string, subjects: readonly string[]): Statement {
  return {
    actions: ['sts:AssumeRoleWithWebIdentity'],
    principals: { Federated: [providerArn] },
    conditions: { StringEquals: { [`${GITHUB_ISSUER}:aud`]: AUDIENCE, [`${GITHUB_ISSUER}:sub`]: subjects } },
  };
}
