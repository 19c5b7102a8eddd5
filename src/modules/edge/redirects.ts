/** A CloudFront function that answers every request with a permanent redirect to another host name. */
import { CloudfrontFunction } from '@cdktf/provider-aws/lib/cloudfront-function';
import { Construct } from 'constructs';
import type { Redirect } from '../../config/calculations/redirects';
import { required } from '../../contracts/lookups';
import type { OriginPlace } from './distribution';

export interface RedirectsProps {
  /** The name of the function; unique in the account. */
  readonly name: string;
  /** At least one. */
  readonly redirects: readonly Redirect[];
  /** The value of the header of that name. The policy of the distribution is for responses of origins. */
  readonly strictTransportSecurity: string;
}

export class Redirects extends Construct {
  public readonly place: OriginPlace;

  constructor(scope: Construct, id: string, { name, redirects, strictTransportSecurity }: RedirectsProps) {
    super(scope, id);
    const { arn } = new CloudfrontFunction(this, 'function', {
      name,
      runtime: 'cloudfront-js-2.0',
      comment: 'Redirects host names',
      publish: true,
      code: redirectFunction(redirects, strictTransportSecurity),
    });
    // A distribution must have an origin. No request reaches it.
    this.place = { domainName: required(redirects[0], 'a redirect').to, functionArn: arn };
  }
}

/**
 * The code. Names and values of the query string are as the visitor wrote them, still encoded; a name without `=` has an empty value.
 * The distribution's own name below cloudfront.net is no name of the environment.
 */
export function redirectFunction(redirects: readonly Redirect[], strictTransportSecurity: string): string {
  const targets = Object.fromEntries(redirects.map(({ from, to }) => [from, to]));
  return `var targets = ${JSON.stringify(targets)};

function written(query) {
  var pairs = [];
  Object.keys(query).forEach(function (name) {
    (query[name].multiValue || [query[name]]).forEach(function (one) {
      pairs.push(one.value === '' ? name : name + '=' + one.value);
    });
  });
  return pairs.length === 0 ? '' : '?' + pairs.join('&');
}

function handler(event) {
  var request = event.request;
  var host = request.headers.host ? request.headers.host.value.toLowerCase() : '';
  if (!Object.keys(targets).includes(host)) return { statusCode: 404, statusDescription: 'Not Found' };
  var location = 'https://' + targets[host] + request.uri + written(request.querystring);
  return {
    statusCode: 301,
    statusDescription: 'Moved Permanently',
    headers: { location: { value: location }, 'strict-transport-security': { value: ${JSON.stringify(strictTransportSecurity)} } },
  };
}
`;
}
