/** Asks visitors for a user name and a password (HTTP basic authentication) before CloudFront answers. */
import { CloudfrontFunction } from '@cdktf/provider-aws/lib/cloudfront-function';
import { CloudfrontKeyValueStore } from '@cdktf/provider-aws/lib/cloudfront-key-value-store';
import { Construct } from 'constructs';
import { patternExpression } from '../../config/calculations/path-patterns';
import { resourceName } from '../../config/names';
import type { ResolvedBasicAuth } from '../../config/resolved/edge';

export interface BasicAuthProps {
  readonly environment: string;
  readonly basicAuth: ResolvedBasicAuth;
}

/**
 * The store of the logins, which a person fills outside of Terraform: no state holds one. Its keys are hashes of what browsers
 * send. An empty store admits nobody.
 */
export class BasicAuth extends Construct {
  public readonly storeArn: string;
  private ownFunctionArn?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BasicAuthProps,
  ) {
    super(scope, id);
    const name = resourceName(props.environment, 'logins', 'cloudFront');
    this.storeArn = new CloudfrontKeyValueStore(this, 'logins', { name, comment: 'Logins for basic authentication' }).arn;
  }

  /** The function of behaviors that have no other one; created when the first of them asks. */
  public get functionArn(): string {
    this.ownFunctionArn ??= new CloudfrontFunction(this, 'function', {
      name: resourceName(this.props.environment, 'basic-auth', 'cloudFront'),
      runtime: 'cloudfront-js-2.0',
      comment: 'Asks for a login',
      publish: true,
      keyValueStoreAssociations: [this.storeArn],
      code: this.code(''),
    }).arn;
    return this.ownFunctionArn;
  }

  /** @param then statements that change `request` after it was admitted */
  public code(then: string): string {
    const { environment, basicAuth } = this.props;
    return basicAuthFunction(environment, basicAuth.except, then);
  }

  /**
   * Asks for a login and adds it, without showing the password or making it an argument of a program. An output cannot contain
   * double quotes: without separators and patterns, shells leave unquoted variables whole.
   */
  public get addCommand(): string {
    const steps = [
      'IFS=; set -f',
      "printf 'User: '; read -r user",
      "printf 'Password: '; stty -echo 2>/dev/null; read -r password; stty echo 2>/dev/null; echo",
      `store=${this.storeArn}`,
      'etag=$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn $store --query ETag --output text)',
      "key=$(printf '%s:%s' $user $password | openssl base64 -A | openssl dgst -sha256 -r | cut -c 1-64)",
      'aws cloudfront-keyvaluestore put-key --kvs-arn $store --if-match $etag --key $key --value $user',
    ];
    return `(${steps.join('; ')})`;
  }
}

/**
 * The code of a function. A path that an application might read as another one (encoded, with `..`, `//` or a backslash) is never
 * exempt. The application does not see the login. Errors of the store refuse the request, because the function then fails.
 */
export function basicAuthFunction(realm: string, except: readonly string[], then: string): string {
  const patterns = except.map((pattern) => `new RegExp(${JSON.stringify(`^${patternExpression(pattern)}$`)})`);
  return `import cf from 'cloudfront';
import crypto from 'crypto';

const logins = cf.kvs();
const exempt = [${patterns.join(', ')}];
const refused = {
  statusCode: 401,
  statusDescription: 'Unauthorized',
  headers: {
    'www-authenticate': { value: ${JSON.stringify(`Basic realm="${realm}", charset="UTF-8"`)} },
    'cache-control': { value: 'no-store' },
  },
};

function isExempt(path) {
  if (/[%\\\\]|\\.\\.|\\/\\//.test(path)) return false;
  return exempt.some((pattern) => pattern.test(path));
}

async function isAdmitted(headers) {
  const sent = headers.authorization;
  if (!sent || (sent.multiValue && sent.multiValue.length > 1)) return false;
  const login = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(sent.value);
  if (login === null) return false;
  return logins.exists(crypto.createHash('sha256').update(login[1]).digest('hex'));
}

async function handler(event) {
  const request = event.request;
  if (!isExempt(request.uri)) {
    if (!(await isAdmitted(request.headers))) return refused;
    delete request.headers.authorization;
  }
${then}  return request;
}
`;
}
