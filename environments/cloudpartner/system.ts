/** Cloud Consulting Platform: what is the same in both options. Source: its document "Cost-Effective AWS Deployment Design". */
import { defineSystem } from '../../src/config';
import { domain } from './zone';

/** Where the backend answers on the names that the frontend is served from. */
const apiPaths = ['/api/*', '/health'];

export const cloudpartner = defineSystem({
  system: 'cloudpartner',
  region: 'us-east-1',
  tier: 'box',
  protect: true,
  acknowledge: {
    'budget-exceeded': {
      'observability.budget.monthlyUsd':
        'the total leaves out the public address, the key, secrets and metrics of the host: docs/cost.md',
    },
  },
  backend: {
    kind: 's3',
    // Assumption: the document names no state bucket.
    store: { name: 'cloudpartner', region: 'us-east-1', bucket: 'cloudpartner-terraform-state' },
  },
  network: {
    // Assumption: the document draws no VPC.
    cidr: '10.30.0.0/16',
    // Assumption: the host uses one zone; the second, empty one waits for the upgrade path and costs nothing.
    zones: 2,
    // The host is in a public subnet.
    nat: 'none',
    // Assumption: refused connections are worth recording where data is protected; the document is silent.
    flowLogs: {},
  },
  domain,
  // "postgresql15", database `consulting`, user `appuser`, both on the host.
  database: { placement: 'host', version: '15', name: 'consulting', roles: { appuser: { privileges: 'owner' } } },
  // "yum install redis": Amazon Linux 2023 has Redis 6.
  cache: { placement: 'host', version: '6.2' },
  // "Cleanup S3 backups older than 30 days".
  buckets: { backups: { expireAfterDays: 30 } },
  secrets: {
    jwt: {
      description: 'Signs the JSON Web Tokens of the backend',
      // Assumption: any long random text serves.
      value: 'generated',
    },
  },
  images: { backend: {}, frontend: {} },
  // Everything about the host but its size.
  box: {
    operatingSystem: 'amazon-linux-2023',
    // "Storage: 30GB gp3 EBS". Assumption: the split between system and data; together 30.
    rootVolumeGb: 12,
    dataVolumeGb: 18,
    // "WorkingDirectory=/home/ec2-user/cloud-consulting", which the nightly backup packs.
    applicationDirectory: '/home/ec2-user/cloud-consulting',
    // "PostgreSQL (Local Install)", "Redis (Local Install)".
    dataStores: 'packages',
    // "max_connections = 100", "shared_buffers = 128MB".
    postgres: { maxConnections: 100, sharedBuffersMib: 128 },
    // "Port 22 (SSH), Source: Your IP only". Assumption: whose that is is not said; Session Manager is the way in.
    sshCidrs: [],
    // "OutboundRules: All traffic to 0.0.0.0/0".
    egress: 'all',
    // Assumption: the sender's address also takes expiry notices.
    certificateEmail: 'info@cloudpartner.pro',
    // "0 12 * * * /usr/bin/certbot renew --quiet".
    certificateRenewal: '0 12 * * *',
    // "0 2 * * *", "local backups older than 7 days".
    backup: { bucket: 'backups', schedule: '0 2 * * *', hostRetentionDays: 7 },
  },
  // Choice: no health check of Route 53, which would be an eleventh alarm and is not in the document's prices. The host asks its
  // own nginx.
  edge: { healthChecks: {} },
  // "CloudWatch (Free tier)" is ten alarms; the monitoring script checks health, disks above 80 % and memory.
  observability: {
    // Assumption: the recipient; the document names only a sender's address.
    notifications: { emails: ['info@cloudpartner.pro'] },
    alarms: {
      'host-health': {},
      'host-disk': { threshold: 80 },
      // Choice: with recovery and restart ten alarms in all. A backup or drill that fails is also reported by its age, and CPU is
      // not among what the script checks.
      'host-cpu': false,
      'host-backup-failed': false,
      'host-drill-failed': false,
      'host-configuration': false,
      'host-release': false,
      'host-restart': false,
      'host-credits': false,
    },
  },
  // Backend in Go and frontend in React.
  // Choice: SES and Bedrock are called by the host's role instead of keys (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
  // AWS_BEARER_TOKEN_BEDROCK), which would lie on the host and never change.
  services: {
    backend: {
      image: 'backend',
      port: 8061,
      health: { path: '/health' },
      routes: [
        { host: 'api.cloudpartner.pro' },
        { host: 'cloudpartner.pro', paths: apiPaths },
        { host: 'www.cloudpartner.pro', paths: apiPaths },
      ],
      // Assumption: sizes; they are limits, and leave two thirds of the smallest host's 1 GB to PostgreSQL, Redis and the system.
      vcpu: 1,
      memoryMib: 192,
      replicas: { min: 1, max: 1 },
      environment: {
        PORT: '8061',
        GIN_MODE: 'release',
        LOG_LEVEL: 'info',
        DATABASE_URL: { databaseRole: 'appuser', key: 'url' },
        REDIS_URL: { from: 'cache.url' },
        BEDROCK_REGION: 'us-east-1',
        BEDROCK_MODEL_ID: 'amazon.nova-lite-v1:0',
        AWS_SES_REGION: 'us-east-1',
        SES_SENDER_EMAIL: 'info@cloudpartner.pro',
        CORS_ALLOWED_ORIGINS: 'https://cloudpartner.pro,https://www.cloudpartner.pro',
        JWT_SECRET: { secret: 'jwt' },
        CHAT_MODE: 'polling',
        CHAT_POLLING_INTERVAL: '3000',
      },
      permissions: [
        {
          actions: ['ses:SendEmail', 'ses:SendRawEmail'],
          // Assumption: whether the domain or the address is the verified identity is not said.
          resources: [
            'arn:aws:ses:us-east-1:{account}:identity/cloudpartner.pro',
            'arn:aws:ses:us-east-1:{account}:identity/info@cloudpartner.pro',
          ],
        },
        {
          actions: ['bedrock:InvokeModel'],
          resources: ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'],
        },
      ],
      // "./logs:/app/logs": what it writes there goes with the container; what it prints is kept in CloudWatch.
      writablePaths: ['/tmp', '/app/logs'],
    },
    frontend: {
      image: 'frontend',
      port: 3000,
      // Assumption: the health path.
      health: { path: '/' },
      routes: [{ host: 'cloudpartner.pro' }, { host: 'www.cloudpartner.pro' }],
      // Assumption: sizes.
      vcpu: 0.5,
      memoryMib: 160,
      replicas: { min: 1, max: 1 },
      environment: { REACT_APP_API_URL: 'https://api.cloudpartner.pro' },
    },
  },
  // "Data Transfer: 15GB FREE then minimal", of Option 1.
  usage: { transferOutGb: 15 },
});
