/** A frontend that AWS Amplify builds from a branch and serves behind CloudFront. */
import { AmplifyApp } from '@cdktf/provider-aws/lib/amplify-app';
import { AmplifyBranch } from '@cdktf/provider-aws/lib/amplify-branch';
import { Construct } from 'constructs';
import type { AmplifyFrontend } from '../../config/resolved/edge';
import { terraformLiteral } from '../../terraform/literal';
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
 */
export class Amplify extends Construct {
  public readonly place: OriginPlace;
  public readonly appId: string;
  /** Connects the repository; reads the token from the shell. */
  public readonly connectCommand: string;

  constructor(scope: Construct, id: string, { frontend, region }: AmplifyProps) {
    super(scope, id);
    const app = new AmplifyApp(this, 'app', {
      name: frontend.name,
      platform: frontend.platform,
      buildSpec: terraformLiteral(frontend.buildSpec),
      environmentVariables: literals(frontend.environment),
      customRule: frontend.platform === 'WEB' ? [SINGLE_PAGE] : undefined,
      lifecycle: { ignoreChanges: ['repository'] },
    });
    const branch = new AmplifyBranch(this, 'branch', {
      appId: app.id,
      branchName: frontend.branch,
      enableAutoBuild: true,
    });
    this.appId = app.id;
    this.place = { domainName: `${branch.branchName}.${app.defaultDomain}` };
    this.connectCommand = connectCommand(region, app.id, frontend);
  }
}

function literals(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, terraformLiteral(value)]));
}

function connectCommand(region: string, appId: string, { repository, branch }: AmplifyFrontend): string {
  const app = `--region ${region} --app-id ${appId}`;
  return [
    `aws amplify update-app ${app} --repository ${repository} --access-token "$GITHUB_TOKEN"`,
    `aws amplify start-job ${app} --branch-name ${branch} --job-type RELEASE`,
  ].join(' && ');
}
