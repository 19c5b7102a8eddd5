/** What a path means on a static site, as a CloudFront function. Pure. */
import type { StaticSiteFrontend } from '../../config/resolved/edge';

/** A path with a dot in its last part is a file; everything else is a page. */
const BODIES: Readonly<Record<StaticSiteFrontend['pages'], string>> = {
  'single-page': "  if (!file) request.uri = '/index.html';",
  directories: [
    "  if (request.uri.endsWith('/')) request.uri += 'index.html';",
    "  else if (!file) request.uri += '.html';",
  ].join('\n'),
};

/** The function's code: JavaScript without anything that Terraform would take for its own. */
export function pageFunction(pages: StaticSiteFrontend['pages']): string {
  return `function handler(event) {
  var request = event.request;
  var file = request.uri.split('/').pop().includes('.');
${BODIES[pages]}
  return request;
}
`;
}
