/** infrar-local: "Development Environment", on a developer's machine: mock S3 and Secrets Manager next to PostgreSQL and Redis; $0. */
import { defineEmulated } from '../../src/config';
import { keysOf } from './secrets';
import { bucketsOf } from './system';

export default defineEmulated({
  system: 'infrar',
  name: 'infrar-local',
  // "AWS_DEFAULT_REGION: us-east-1".
  region: 'us-east-1',
  // "localstack: 4566:4566". Assumption: the image's major version; the document names none.
  target: { kind: 'emulator', endpoint: 'http://localhost:4566', image: 'localstack/localstack:4' },
  // The document's Compose file, word for word; the password opens nothing but a container on this machine.
  database: { version: '15', name: 'infrar_dev', user: 'infrar', password: 'devpassword', port: 5432 },
  cache: { version: '7-alpine', port: 6379 },
  // Choice: access logs need a load balancer, so there is no bucket for logs here.
  buckets: bucketsOf('local'),
  secrets: keysOf('local'),
});
