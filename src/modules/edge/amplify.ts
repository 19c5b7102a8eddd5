/** A frontend that AWS Amplify builds from a branch and serves behind CloudFront. */
import { AmplifyApp } from '@cdktf/provider-aws/lib/amplify-app';
import { AmplifyBranch } from '@cdktf/provider-aws/lib/amplify-branch';
import { Construct } from 'constructs';
import type { AmplifyFrontend } from '../../config/resolved/edge';
import type { OriginPlace } from './distribution';

/** For single-page applications: an unknown path returns the page. Sites of several pages lose only their own 404 page. */
const SINGLE_PAGE = { source: '/<*>', status: '404-200', target: '/index.html' };

export interface AmplifyProps {
  readonly frontend: AmplifyFrontend;
  readonly region: string;
}

/**
 * App and branch, without a repository: connecting one needs a token, which would be stored in the state. A person connects it
 * once (`connectCommand`), and Terraform ignores the connection. The app has no custom domain: CloudFront has the names.
 *
 * Amplify connects no repository while the app has a branch that was created without one ("manually deployed branch still
 * exists", aws-amplify/amplify-hosting#2854). The command therefore deletes the branch and creates it again. App and branch
 * name are its whole identity, so the branch of the state and the new one are the same.
 */
export class Amplify extends Construct {
  public readonly place: OriginPlace;
  public readonly appId: string;
  /** Connects the repository and starts a build; the token is in `GITHUB_TOKEN` or read from the terminal. Safe to repeat. */
  public readonly connectCommand: string;

  constructor(scope: Construct, id: string, { frontend, region }: AmplifyProps) {
    super(scope, id);
    const app = new AmplifyApp(this, 'app', {
      name: frontend.name,
      platform: frontend.platform,
      buildSpec: frontend.buildSpec,
      environmentVariables: { ...frontend.environment },
      customRule: frontend.platform === 'WEB' ? [SINGLE_PAGE] : undefined,
      lifecycle: { ignoreChanges: ['repository'] },
    });
    const branch = new AmplifyBranch(this, 'branch', {
      appId: app.id,
      branchName: frontend.branch,
      enableAutoBuild: true,
      // Amplify detects it when it reads the repository.
      lifecycle: { ignoreChanges: ['framework'] },
    });
    this.appId = app.id;
    this.place = { domainName: `${branch.branchName}.${app.defaultDomain}` };
    this.connectCommand = connectCommand(region, app.id, frontend);
  }
}

function connectCommand(region: string, appId: string, { repository, branch }: AmplifyFrontend): string {
  const inApp = `--region ${region} --app-id ${appId}`;
  const onBranch = `${inApp} --branch-name ${branch}`;
  const branchExists = `aws amplify get-branch ${onBranch} > /dev/null 2>&1`;
  const steps = [
    // Without a field separator and without patterns, an unquoted value stays one word.
    'set -ef; IFS=',
    `if [ $(aws amplify get-app ${inApp} --query app.repository --output text) = None ]`,
    "then token=$GITHUB_TOKEN; [ $token ] || { printf 'GitHub token (not shown): '; read -rs token; [ $token ]; }",
    `! ${branchExists} || aws amplify delete-branch ${onBranch}`,
    `aws amplify update-app ${inApp} --repository ${repository} --access-token $token`,
    'fi',
    `${branchExists} || aws amplify create-branch ${onBranch} --enable-auto-build`,
    `aws amplify start-job ${onBranch} --job-type RELEASE`,
  ];
  return `(${steps.join('; ')})`;
}
