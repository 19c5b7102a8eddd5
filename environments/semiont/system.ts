/** Semiont: what its services are. Source: its document "AWS Deployment Architecture". */
import { defineSystem } from '../../src/config';

/** Both services: 256 CPU units, 512 MB, 1 to 10 tasks at 70 % CPU or 80 % memory, exec, 100/200 with a circuit breaker. */
const service = {
  vcpu: 0.25,
  memoryMib: 512,
  replicas: { min: 1, max: 10 },
  scaling: { cpuPercent: 70, memoryPercent: 80 },
  exec: true,
  deployment: { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: true },
} as const;

/**
 * "GET /api/health", 30 s, 5 s, 2 successes, 3 failures, 2 minutes of grace.
 * Choice: the document has one health check for both target groups, so the frontend is asked for the same path.
 */
const health = (port: number) => ({
  path: '/api/health',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  gracePeriodSeconds: 120,
  // "Docker HEALTHCHECK instruction", which Fargate does not read from the image. Assumption: the same request, made by
  // Node, which both images have.
  command: `node -e "fetch('http://localhost:${port}/api/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"`,
});

// Assumption: Next.js's and Hono's usual ports.
const FRONTEND_PORT = 3000;
const BACKEND_PORT = 4000;

// Assumption: where the backend sees the uploads.
const DATA_DIR = '/data';

export const semiont = defineSystem({
  system: 'semiont',
  backend: {
    kind: 's3',
    // Assumption: the document (which uses AWS CDK) names neither bucket nor region.
    store: {
      name: 'semiont',
      region: 'us-east-1',
      bucket: 'semiont-terraform-state',
      // "Budget Alerts: Proactive cost monitoring": unusual spending is reported before the budget is used up.
      singletons: { costAnomalies: { kind: 'create', emails: ['ops@semiont.example'] } },
    },
  },
  // Users -> CloudFront -> WAF -> load balancer, as drawn: one web ACL, before CloudFront, where it sees who asks.
  edge: {
    // "Public subnets (ALB, NAT gateways)": not the internal load balancer of the default.
    cdn: { originAccess: 'prefix-list' },
    waf: {
      rules: {
        // "Geo-blocking for high-risk countries". Assumption: which ones; the document names none.
        countries: { kind: 'countries', priority: 10, codes: ['CU', 'IR', 'KP', 'SY'] },
        // "IP reputation filtering".
        'bad-addresses': { kind: 'managed', priority: 20, group: 'AWSManagedRulesAmazonIpReputationList' },
        // "Rate limiting (100 requests per 5-minute window per IP)".
        'rate-limit': { kind: 'rate', priority: 30, requests: 100, windowSeconds: 300 },
        // "AWS Managed Core Rule Set", "enhanced exclusions for file uploads". Assumption: where uploads go.
        core: {
          kind: 'managed',
          priority: 40,
          group: 'AWSManagedRulesCommonRuleSet',
          uploads: { paths: ['/api/upload', '/api/resources'], priority: 41 },
        },
        // "AWS Managed Known Bad Inputs protection"; files may hold whatever they like here too.
        'known-bad-inputs': {
          kind: 'managed',
          priority: 50,
          group: 'AWSManagedRulesKnownBadInputsRuleSet',
          uploads: { paths: ['/api/upload', '/api/resources'], priority: 51 },
        },
      },
      // "CloudWatch: 1-month retention".
      logs: { retentionDays: 30 },
    },
  },
  // "CloudFront: CDN for static assets": those of Next.js, whose names change with their content.
  frontends: { web: { kind: 'service', service: 'frontend', cachedPaths: ['/_next/static/*'] } },
  // The secret of the backend's login, as the document names it; it holds the URL, and so does not rotate.
  database: { roles: { app: { privileges: 'owner', secretName: 'semiont/production/database' } } },
  secrets: {
    'jwt-secret': {
      name: 'semiont/production/jwt-secret',
      description: 'Signs the JSON Web Tokens of the backend',
      // Assumption: a symmetric key, for which any long random text will do.
      value: 'generated',
    },
    oauth: {
      name: 'semiont/production/oauth',
      description: 'Client credentials of the OAuth provider that the frontend signs in with',
      // Assumption: the names of the keys.
      keys: ['client-id', 'client-secret'],
    },
  },
  images: { frontend: {}, backend: {} },
  services: {
    // Next.js 14: OAuth flows at priority 10, and everything that no other route takes.
    frontend: {
      ...service,
      image: 'frontend',
      port: FRONTEND_PORT,
      health: health(FRONTEND_PORT),
      routes: [{ priority: 10, paths: ['/auth/*'] }, {}],
      logStreamPrefix: 'semiont-frontend',
      environment: {
        NODE_ENV: 'production',
        // Assumption: the names of these two variables.
        OAUTH_CLIENT_ID: { secret: 'oauth', key: 'client-id' },
        OAUTH_CLIENT_SECRET: { secret: 'oauth', key: 'client-secret' },
      },
    },
    // Hono API: all of /api at priority 20.
    backend: {
      ...service,
      image: 'backend',
      port: BACKEND_PORT,
      health: health(BACKEND_PORT),
      routes: [{ priority: 20, paths: ['/api', '/api/*'] }],
      logStreamPrefix: 'semiont-backend',
      mounts: [{ fileSystem: 'uploads', accessPoint: 'data', path: DATA_DIR }],
      environment: {
        NODE_ENV: 'production',
        DATABASE_URL: { databaseRole: 'app', key: 'url' },
        // Node's driver verifies the server's certificate. Assumption: the image holds the certificate bundle of RDS at this path.
        NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/rds-global-bundle.pem',
        JWT_SECRET: { secret: 'jwt-secret' },
        DATA_DIR,
      },
    },
  },
});
