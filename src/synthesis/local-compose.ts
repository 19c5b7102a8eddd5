/** The Compose file of an environment on a developer's machine: PostgreSQL, Redis and the emulator. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ResolvedEmulated } from '../config';
import { PORTS } from '../config/tables/ports';
import { stackFolder } from './output-folder';

/** Writes the file next to the environment's stack. @returns the command that starts it, for the report */
export function writeCompose(outdir: string, environment: ResolvedEmulated): readonly string[] {
  const file = join(stackFolder(outdir, `${environment.identity.environment}-data`), 'docker-compose.yml');
  writeFileSync(file, renderCompose(environment));
  return [`start  docker compose -f ${file} up -d   (docs/local.md)`];
}

/** Ports are bound to this machine only: the passwords are in the environment file. */
const local = (port: number, inside: number): string => `127.0.0.1:${port}:${inside}`;

const EMULATOR_PORT = 4566;

const HEADING = (name: string): string =>
  `# Written by \`npm run synth -- ${name}\` from its environment file; change that, not this.\n`;

/** The file's text. Pure. */
export function renderCompose(environment: ResolvedEmulated): string {
  const { identity, database, cache } = environment;
  const file = {
    name: identity.environment,
    services: {
      ...(database && { postgres: postgres(database) }),
      ...(cache && { redis: redis(cache) }),
      localstack: emulator(environment),
    },
    ...(database && { volumes: { postgres_data: {} } }),
  };
  return HEADING(identity.environment) + stringify(escapeVariables(file), { lineWidth: 0 });
}

/** From 18 on, the image keeps its files in a directory of the major version, and does not start with a volume on the old one. */
function dataDirectory(version: string): string {
  return Number.parseInt(version, 10) < 18 ? '/var/lib/postgresql/data' : '/var/lib/postgresql';
}

function postgres({ version, name, user, password, port }: NonNullable<ResolvedEmulated['database']>) {
  return {
    image: `postgres:${version}`,
    environment: { POSTGRES_DB: name, POSTGRES_USER: user, POSTGRES_PASSWORD: password },
    ports: [local(port, PORTS.postgres)],
    volumes: [`postgres_data:${dataDirectory(version)}`],
    healthcheck: { test: ['CMD', 'pg_isready', '-U', user, '-d', name], interval: '5s', timeout: '3s', retries: 10 },
  };
}

function redis({ version, port }: NonNullable<ResolvedEmulated['cache']>) {
  return {
    image: `redis:${version}`,
    ports: [local(port, PORTS.redis)],
    healthcheck: { test: ['CMD', 'redis-cli', 'ping'], interval: '5s', timeout: '3s', retries: 10 },
  };
}

/** Only the services that the stack has resources of. */
function emulator({ image, endpoint, identity }: ResolvedEmulated) {
  const { port } = new URL(endpoint);
  return {
    image,
    environment: { SERVICES: 's3,secretsmanager,sts', AWS_DEFAULT_REGION: identity.region },
    ports: [local(port === '' ? EMULATOR_PORT : Number(port), EMULATOR_PORT)],
  };
}

/** Compose reads `$` as the start of a variable; `$$` is the character itself. */
function escapeVariables(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escapeVariables);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, escapeVariables(inner)]));
}
