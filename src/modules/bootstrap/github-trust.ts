/** GitHub as an OIDC identity provider: workflows authenticate with a token, and no access key is stored. */
import { DataAwsIamOpenidConnectProvider } from '@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import type { Construct } from 'constructs';
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

/** Trust in exactly these subjects, such as `repo:owner/name:pull_request`, for exactly this audience. */
export function trustGithub(providerArn: string, subjects: readonly string[]): Statement {
  return {
    actions: ['sts:AssumeRoleWithWebIdentity'],
    principals: { Federated: [providerArn] },
    conditions: { StringEquals: { [`${GITHUB_ISSUER}:aud`]: AUDIENCE, [`${GITHUB_ISSUER}:sub`]: subjects } },
  };
}
