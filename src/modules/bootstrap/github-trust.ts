/** GitHub as an identity provider: workflows prove who they are with a token, and no key is stored anywhere. */
import { DataAwsIamOpenidConnectProvider } from '@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import type { Construct } from 'constructs';
import type { Statement } from '../iam/policy';
import { GITHUB_ISSUER } from './store-arns';

/** The audience that AWS's own login action asks GitHub for. */
const AUDIENCE = 'sts.amazonaws.com';

/** `create` makes the account's provider, `existing` finds it: an account holds only one for an issuer. */
export function githubProviderArn(scope: Construct, id: string, source: 'create' | 'existing'): string {
  const url = `https://${GITHUB_ISSUER}`;
  switch (source) {
    case 'create':
      // Other stores of the account may come to rely on it.
      return new IamOpenidConnectProvider(scope, id, { url, clientIdList: [AUDIENCE], lifecycle: { preventDestroy: true } }).arn;
    case 'existing':
      return new DataAwsIamOpenidConnectProvider(scope, id, { url }).arn;
  }
}

/** The trust in exactly these subjects of GitHub's tokens, such as `repo:owner/name:pull_request`. Both claims are bound. */
export function trustGithub(providerArn: string, subjects: readonly string[]): Statement {
  return {
    actions: ['sts:AssumeRoleWithWebIdentity'],
    principals: { Federated: [providerArn] },
    conditions: { StringEquals: { [`${GITHUB_ISSUER}:aud`]: AUDIENCE, [`${GITHUB_ISSUER}:sub`]: subjects } },
  };
}
