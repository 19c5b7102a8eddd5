/** Secrets in plain text are recognised by form and by name, and settings about secrets are not. */
import { credentialIn, plainSecret, plainSecretInCommand } from '../../../src/config/calculations/plain-secrets';

/** Made of parts, so that scanners of repositories do not report these tests. */
const join = (...parts: readonly string[]): string => parts.join('');
const HEX = '3f9a1c07d2e84b56a0c1f7e29d8b4a63';
const BASE64 = 'q7Zk3mXw9Pf2Lr8Tn5Vb1Yc6Hd4Js0Ga+';

const CREDENTIALS: readonly string[] = [
  join('sk_', 'live_4eC39HqLyjWDarjtT1zdp7dc'),
  join('rk_', 'live_4eC39HqLyjWDarjtT1zdp7dc'),
  join('sk_', 'test_4eC39HqLyjWDarjtT1zdp7dc'),
  join('wh', 'sec_4eC39HqLyjWDarjtT1zdp7dcABCDEFGH'),
  join('AK', 'IAIOSFODNN7EXAMPLE'),
  join('AS', 'IAIOSFODNN7EXAMPLE'),
  join('gh', 'p_', 'a'.repeat(36)),
  join('gh', 'o_', 'a'.repeat(36)),
  join('github', '_pat_', 'a'.repeat(59)),
  join('gl', 'pat-', 'a1b2c3d4e5f6g7h8i9j0'),
  join('xo', 'xb-123456789012-abcdefghij'),
  join('xo', 'xp-123456789012-abcdefghij'),
  join('https://hooks.', 'slack.com/services/T00000000/B00000000/XXXXXXXXXXXX'),
  join('np', 'm_', 'a1B2'.repeat(9)),
  join('-----BEGIN ', 'PRIVATE KEY-----\nMIIE'),
  join('-----BEGIN RSA ', 'PRIVATE KEY-----'),
  join('-----BEGIN OPENSSH ', 'PRIVATE KEY-----'),
  join('ey', 'JhbGciOiJIUzI1NiJ9.ey', 'JzdWIiOiIxMjM0NTYifQ.dBjftJeZ4CVPmB92K27uhbUJU1p1r'),
  'postgres://app:hunter2@db.internal:5432/app',
  'redis://:hunter2@cache.internal:6379',
  'Server=db;User Id=app;Password=p',
  'host=db user=app password=hunter2',
  join('DefaultEndpointsProtocol=https;AccountName=x;Account', 'Key=abc=='),
  'amqp://guest:guest@queue.internal',
  'Authorization: Bearer abcdefghijklmnop1234',
  join('sk', '-ant-', 'a1'.repeat(20)),
  join('S', 'G.', 'a'.repeat(22), '.', 'b'.repeat(43)),
];

const NO_CREDENTIALS: readonly string[] = [
  'https://api.shop.example/v1?x=1',
  'postgres://app@db.internal/app',
  'postgres://app:$PASSWORD@db.internal/app',
  'postgres://app:${PASSWORD}@db.internal/app',
  'postgres://app:<password>@db.internal/app',
  'password=$DB_PASSWORD',
  'https://examplePublicKey@o0.ingest.sentry.io/0',
  '-----BEGIN PUBLIC KEY-----',
  '-----BEGIN CERTIFICATE-----',
  'the basic authentication of customers',
  'task-sk-worker',
  'ops@shop.example',
  'AKIA is the prefix of keys',
  "default-src 'self'; img-src https: data:",
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop',
  '',
];

const SECRETS: readonly (readonly [name: string, value: string])[] = [
  ...[
    'DB_PASS',
    'PGPASS',
    'PGPASSWORD',
    'DB_PASSWORD',
    'MYSQL_ROOT_PASSWORD',
    'REDIS_PASSWD',
    'ADMIN_PWD',
    'JWT',
    'JWT_SECRET',
    'SIGNING_KEY',
    'ENCRYPTION_KEY',
    'MASTER_KEY',
    'MASTER_ENCRYPTION_KEY',
    'CREDENTIALS',
    'GOOGLE_CREDENTIALS',
    'DB_CREDS',
    'AUTH',
    'BASIC_AUTH',
    'REDIS_AUTH',
    'PASSPHRASE',
    'KEY_PASSPHRASE',
    'SECRET',
    'SECRET_1',
    'SECRETS',
    'SECRET_KEY',
    'SECRET_KEY_BASE',
    'CLIENT_SECRET',
    'TOKEN',
    'TOKEN_STRIPE',
    'GITHUB_TOKEN',
    'NPM_TOKEN',
    'ACCESS_TOKEN',
    'API_KEY',
    'STRIPE_APIKEY',
    'apiKey',
    'dbPassword',
    'clientSecret',
    'API_KEY_2',
    'PRIVATE_KEY',
    'SSH_KEY',
    'SESSION_KEY',
    'COOKIE_KEY',
    'HMAC_KEY',
    'WEBHOOK_KEY',
    'AWS_SECRET_ACCESS_KEY',
  ].map((name) => [name, 'hunter2-hunter2'] as const),
  ['APP_KEY', HEX],
  ['PASSWORD_SALT', HEX],
  ['HASH_SEED', BASE64],
  ['LOG_LEVEL', join('AK', 'IAIOSFODNN7EXAMPLE')],
  ['DATABASE_URL', 'postgres://app:hunter2@db.internal/app'],
  ['SENTRY_DSN', 'https://public:private@o0.ingest.sentry.io/0'],
  ['AUTH_URL', 'https://user:hunter2@auth.example'],
];

const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['AUTH_URL', 'https://auth.shop.example'],
  ['AUTH_MODE', 'basic-and-cookie'],
  ['AUTH', 'basic'],
  ['AUTH', 'true'],
  ['AUTHOR', 'somebody else'],
  ['TOKEN_TTL', '3600'],
  ['TOKEN_TTL', 'one hour'],
  ['TOKEN_ISSUER', 'https://issuer.example'],
  ['TOKEN_EXPIRES_IN', '15m'],
  ['MAX_TOKENS', '4096'],
  ['TOKENIZERS_PARALLELISM', 'false'],
  ['TOKEN_BUCKET_SIZE', 'large'],
  ['JWT_ALGORITHM', 'HS256'],
  ['JWT_AUDIENCE', 'shop'],
  ['JWT_PUBLIC_KEY', 'abc'],
  ['PUBLIC_KEY', HEX],
  ['STRIPE_PUBLISHABLE_KEY', join('pk_', 'live_4eC39HqLyjWDarjtT1zdp7dc')],
  ['NEXT_PUBLIC_API_KEY', 'browser-key'],
  ['SECRET_NAME', '/shop/prod/jwt'],
  ['SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop'],
  ['SECRETS_PATH', '/run/secrets'],
  ['SECRETS_PREFIX', 'users'],
  ['PASSWORD_FILE', '/run/secrets/password'],
  ['DB_PASSWORD', '/run/secrets/password'],
  ['DB_PASSWORD', '$OTHER_PASSWORD'],
  ['DB_PASSWORD', ''],
  ['PASSWORD_MIN_LENGTH', '12'],
  ['PASSWORD_RESET_URL', 'https://shop.example/reset'],
  ['PASSWORD_HASH_ROUNDS', '10'],
  ['PASSWORD_LOGIN_ENABLED', 'true'],
  ['PASS_THROUGH', 'everything'],
  ['COMPASS', 'north'],
  ['BYPASS', 'everything'],
  ['SENTRY_DSN', 'https://examplePublicKey@o0.ingest.sentry.io/0'],
  ['DATABASE_URL', 'postgres://db.internal/app'],
  ['AWS_ACCESS_KEY_ID', 'somewhere else'],
  ['API_KEY_HEADER', 'x-api-key'],
  ['API_KEY_NAME', 'shop'],
  ['CACHE_KEY', 'products'],
  ['PRIMARY_KEY', 'id'],
  ['KEYBOARD', 'qwerty'],
  ['SORT_KEY', 'createdAt'],
  ['KEYCLOAK_REALM', 'shop'],
  ['MONKEY', 'business'],
  ['SECRETARY', 'the office'],
  ['CREDENTIALS_PROVIDER', 'container'],
  ['COOKIE_NAME', 'session'],
  ['SESSION_TIMEOUT', '30m'],
  ['GIT_COMMIT', '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12'],
  ['BUILD_ID', HEX],
  ['OAUTH_CLIENT_ID', BASE64],
  ['OAUTH2_CALLBACK', 'https://shop.example/callback'],
  ['NODE_ENV', 'production'],
  ['GREETING', 'the password is in the mail'],
];

describe('a credential is recognised by its form', () => {
  test.each(CREDENTIALS)('%s', (text) => expect(credentialIn(`x ${text} y`)).toBeDefined());
  test.each(NO_CREDENTIALS)('not in: %s', (text) => expect(credentialIn(text)).toBeUndefined());

  test('within milliseconds in the largest text', () => {
    const from = process.cpuUsage();
    for (const text of ['a:', 'password ', 'key =', '://', '-', 'eyJ', 'Basic  ', 'a.', '-eyJ', 'a.eyJaaaaaaaa'])
      credentialIn(`${text.repeat(65_536 / text.length)}://x@ eyJ`);
    expect(process.cpuUsage(from).user).toBeLessThan(1_000_000);
  });
});

describe('a variable', () => {
  test.each(SECRETS)('%s is a secret with the value %s', (name, value) => expect(plainSecret(name, value)).toBeDefined());
  test.each(SETTINGS)('%s is a setting with the value %s', (name, value) => expect(plainSecret(name, value)).toBeUndefined());

  test('the reason does not contain the value', () => {
    for (const [name, value] of SECRETS) expect(plainSecret(name, value)).not.toContain(value);
  });
});

describe('a command', () => {
  test.each([
    [['app', '--db-password=hunter2']],
    [['app', '--db-password', 'hunter2']],
    [['sh', '-c', 'PGPASSWORD=hunter2 psql -h db']],
    [['sh', '-c', "export API_TOKEN='abcdef'; app"]],
    [['curl', '-H', 'Authorization: Bearer abcdefghijklmnop1234', 'https://x.example']],
    [['psql', 'postgres://app:hunter2@db/app']],
  ])('contains a secret: %j', (words) => expect(plainSecretInCommand(words)).toBeDefined());

  test.each([
    [['app', '--port=8080', '--token-ttl=3600', '--password-file=/run/secrets/db']],
    [['sh', '-c', 'PGPASSWORD=$DB_PASSWORD psql -h $HOST']],
    [['sh', '-c', 'PGPASSWORD="$DB_PASSWORD" psql']],
    [['app', '--password', '$PASSWORD']],
    [['app', '--token', '--verbose']],
    [['npm', 'run', 'build', '--', '--mode', 'production']],
  ])('contains none: %j', (words) => expect(plainSecretInCommand(words)).toBeUndefined());
});
