/** A frontend that Cloudflare Pages builds from a repository and serves. */
import { PagesDomain } from '@cdktf/provider-cloudflare/lib/pages-domain';
import { PagesProject } from '@cdktf/provider-cloudflare/lib/pages-project';
import { Construct } from 'constructs';
import type { PagesFrontend } from '../../config/resolved/edge';
import { requireCloudflareProvider } from '../dns/cloudflare';
import { hostId } from '../dns/dns-provider';

export interface PagesProps {
  /** The Cloudflare account that the zone belongs to. */
  readonly accountId: string;
  readonly frontend: PagesFrontend;
}

/** A project, its domains, and the name that their records lead to. */
export class Pages extends Construct {
  /** `<project>.pages.dev` */
  public readonly hostName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PagesProps,
  ) {
    super(scope, id);
    requireCloudflareProvider(this);
    const project = this.createProject();
    for (const domain of props.frontend.domains) {
      new PagesDomain(this, `domain-${hostId(domain)}`, { accountId: props.accountId, projectName: project.name, name: domain });
    }
    this.hostName = project.subdomain;
  }

  private createProject(): PagesProject {
    const { accountId, frontend } = this.props;
    return new PagesProject(this, 'project', {
      accountId,
      name: frontend.project,
      productionBranch: frontend.branch,
      buildConfig: { buildCommand: frontend.buildCommand, destinationDir: frontend.output, rootDir: frontend.rootDirectory },
      source: {
        type: 'github',
        config: {
          owner: frontend.repository.owner,
          repoName: frontend.repository.name,
          productionBranch: frontend.branch,
          productionDeploymentsEnabled: true,
          previewDeploymentSetting: frontend.previews ? 'all' : 'none',
          prCommentsEnabled: frontend.previews,
        },
      },
      deploymentConfigs: { production: { envVars: this.variables() }, preview: { envVars: this.variables() } },
    });
  }

  private variables() {
    const entries = Object.entries(this.props.frontend.environment);
    return Object.fromEntries(entries.map(([name, value]) => [name, { type: 'plain_text', value }]));
  }
}
