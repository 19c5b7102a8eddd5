/** What people do with a distribution and the frontend behind it, as commands. */
import { outputName } from '../../terraform/output-name';
import type { TerraceStack } from '../../terraform/terrace-stack';
import type { CreatedDistribution } from './distributions';

/** The outputs of a frontend with its own names end with its key. */
export function addDistributionOutputs(stack: TerraceStack, { of, distribution, origins }: CreatedDistribution): void {
  // Nothing of it is cached.
  if (of === 'redirects') return;
  const { amplify, site } = origins;
  const suffix = of === 'cdn' ? '' : `_${outputName(of.frontend)}`;
  const invalidate = `aws cloudfront create-invalidation --distribution-id ${distribution.id} --paths '/*'`;
  stack.addOutput(`invalidate_cache${suffix}`, 'Removes everything from the cache of CloudFront', invalidate);
  if (amplify !== undefined) {
    stack.addOutput(
      `connect_repository${suffix}`,
      'Connects the repository with a GitHub token and starts a build; can be repeated',
      amplify.connectCommand,
    );
  }
  if (site !== undefined) {
    const upload = `aws s3 sync ./out s3://${site.bucketName} --delete && ${invalidate}`;
    stack.addOutput(`upload_site${suffix}`, 'Uploads the files of ./out to the site', upload);
  }
}
