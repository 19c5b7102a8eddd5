/** A private bucket of files that only one distribution reads (origin access control). */
import { CloudfrontFunction } from '@cdktf/provider-aws/lib/cloudfront-function';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control';
import { Construct } from 'constructs';
import type { StaticSiteFrontend } from '../../config/resolved/edge';
import type { BasicAuth } from './basic-auth';
import { Bucket } from '../storage/bucket';
import { lifecycleRules } from '../storage/bucket-lifecycle';
import { bucketArn } from '../storage/bucket-policy';
import type { OriginPlace } from './distribution';

/** Days in which a replaced file can be restored. */
const OLD_VERSION_DAYS = 30;

export interface StaticSiteProps {
  /** The name of CloudFront's function and access control; unique in the account. */
  readonly name: string;
  readonly site: StaticSiteFrontend;
  readonly region: string;
  /** Asks visitors for a login. @default everybody reads the site */
  readonly basicAuth?: BasicAuth;
  /** `prevent_destroy`, and versioning of files. */
  readonly protect: boolean;
}

/** What the distribution needs, and the bucket, which is created once the distribution is known. */
export class StaticSite extends Construct {
  public readonly place: OriginPlace;
  public readonly bucketName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: StaticSiteProps,
  ) {
    super(scope, id);
    const { name, site, region, basicAuth } = props;
    const access = new CloudfrontOriginAccessControl(this, 'access', {
      name,
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    });
    const code = new CloudfrontFunction(this, 'pages', {
      name,
      runtime: 'cloudfront-js-2.0',
      comment: 'Maps a path to a file',
      publish: true,
      keyValueStoreAssociations: basicAuth && [basicAuth.storeArn],
      code: basicAuth === undefined ? pageFunction(site.pages) : basicAuth.code(toFile(site.pages)),
    });
    this.bucketName = site.bucketName;
    this.place = {
      // The bucket's policy names the distribution, which is created first: a reference to the bucket would be a cycle.
      domainName: `${site.bucketName}.s3.${region}.amazonaws.com`,
      accessControlId: access.id,
      functionArn: code.arn,
    };
  }

  /** Creates the bucket; call it once. */
  public readableBy(distributionArn: string): void {
    const { site, protect } = this.props;
    new Bucket(this, 'files', {
      name: site.bucketName,
      encryption: 'sse-s3',
      versioning: protect,
      lifecycle: lifecycleRules({ oldVersionsDays: OLD_VERSION_DAYS }),
      protect,
      statements: [
        {
          sid: 'ReadByDistribution',
          actions: ['s3:GetObject'],
          resources: [`${bucketArn(site.bucketName)}/*`],
          principals: { Service: ['cloudfront.amazonaws.com'] },
          conditions: { StringEquals: { 'aws:SourceArn': distributionArn } },
        },
        {
          // Without it S3 responds to a request for a missing file with 403 instead of 404. CloudFront cannot list the files:
          // `pageFunction` turns the path of the bucket itself into that of a file.
          sid: 'DistinguishMissingFiles',
          actions: ['s3:ListBucket'],
          resources: [bucketArn(site.bucketName)],
          principals: { Service: ['cloudfront.amazonaws.com'] },
          conditions: { StringEquals: { 'aws:SourceArn': distributionArn } },
        },
      ],
    });
  }
}

/** A path with a dot in its last part is a file; everything else is a page. */
const BODIES: Readonly<Record<StaticSiteFrontend['pages'], string>> = {
  'single-page': "  if (!file) request.uri = '/index.html';",
  directories: [
    "  if (request.uri.endsWith('/')) request.uri += 'index.html';",
    "  else if (!file) request.uri += '.html';",
  ].join('\n'),
};

/** The code of the CloudFront function, without anything that Terraform would interpolate. */
export function pageFunction(pages: StaticSiteFrontend['pages']): string {
  return `function handler(event) {
  var request = event.request;
${toFile(pages)}  return request;
}
`;
}

/** Statements that turn the path of `request` into that of a file. */
function toFile(pages: StaticSiteFrontend['pages']): string {
  return `  var file = request.uri.split('/').pop().includes('.');
${BODIES[pages]}
`;
}
