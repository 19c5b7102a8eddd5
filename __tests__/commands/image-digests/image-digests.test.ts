/** Digests of third-party images: recorded from registries, used by every stack, and never half-written. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DIGESTS_FILE } from '../../../src/commands/image-digests/image-digests';
import { imageReference, taggedName, THIRD_PARTY_IMAGES } from '../../../src/config/tables/third-party-images';
import { runCommand } from '../../support/command';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const LATER = `sha256:${'b'.repeat(64)}`;

describe('a reference', () => {
  const image = { repository: 'registry.test/tools/proxy', tag: 'v1', source: 'https://registry.test' };

  it('has the digest that is recorded for exactly this tag', () =>
    expect(imageReference(image, { 'registry.test/tools/proxy:v1': DIGEST })).toBe(`registry.test/tools/proxy:v1@${DIGEST}`));

  it('has the tag alone without one', () =>
    expect(imageReference(image, { 'registry.test/tools/proxy:v2': DIGEST })).toBe('registry.test/tools/proxy:v1'));
});

it('no image of the table is named by a tag that is meant to move', () => {
  const moving = THIRD_PARTY_IMAGES.filter(({ tag }) => ['latest', 'stable', 'main', 'edge'].includes(tag));
  expect(moving).toEqual([]);
});

describe('npm run image-digests', () => {
  const cwd = process.cwd();
  let checkout: string;
  let server: Server;
  let url: string;
  /** Answers of the registry, by path; the others are 404. */
  let digestOf: (path: string) => string | undefined;
  let asked: string[];

  beforeEach(async () => {
    checkout = mkdtempSync(join(tmpdir(), 'terrace-digests-'));
    mkdirSync(join(checkout, dirname(DIGESTS_FILE)), { recursive: true });
    writeFileSync(join(checkout, DIGESTS_FILE), '{}\n');
    process.chdir(checkout);
    asked = [];
    digestOf = () => DIGEST;
    server = createServer((request, response) => {
      const path = request.url ?? '';
      if (path.startsWith('/token?')) return void response.end(JSON.stringify({ token: 'anonymous' }));
      asked.push(path);
      if (request.headers.authorization !== 'Bearer anonymous') {
        const challenge = `Bearer realm="${url}/token",service="test",scope="repository:any:pull"`;
        return void response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
      }
      const digest = digestOf(path);
      if (digest === undefined) return void response.writeHead(404).end();
      return void response.writeHead(200, { 'Docker-Content-Digest': digest }).end();
    });
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    process.chdir(cwd);
    rmSync(checkout, { recursive: true });
    await new Promise((closed) => server.close(closed));
  });

  const run = (...args: readonly string[]) => runCommand({}, ['image-digests', ...args]);
  const recorded = () => JSON.parse(readFileSync(DIGESTS_FILE, 'utf8')) as Record<string, string>;

  it('names the images without a digest, and asks no registry', async () => {
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('public.ecr.aws/docker/library/postgres:16-alpine  no digest: the tag decides');
    expect(asked).toEqual([]);
  });

  it('records what each tag means, with the anonymous token of the registry', async () => {
    const { exitCode, stdout } = await run('--update', '--mirror', url);
    expect(stdout).toContain(`postgres:16-alpine  ${DIGEST} (new)`);
    expect(exitCode).toBe(0);
    expect(recorded()).toEqual(Object.fromEntries(THIRD_PARTY_IMAGES.map((image) => [taggedName(image), DIGEST])));
    expect(asked).toContain('/v2/docker/library/postgres/manifests/16-alpine');
    expect((await run()).exitCode).toBe(0);
  });

  it('says what changed', async () => {
    await run('--update', '--mirror', url);
    digestOf = (path) => (path.includes('pgbouncer') ? LATER : DIGEST);
    const { stdout } = await run('--update', '--mirror', url);
    expect(stdout).toContain(`${LATER} (was ${DIGEST})`);
    expect(stdout.match(/was sha256/g)).toHaveLength(1);
  });

  it('leaves the file alone when one image cannot be found, and exits with 3', async () => {
    digestOf = (path) => (path.includes('pgbouncer') ? undefined : DIGEST);
    const { exitCode, stderr } = await run('--update', '--mirror', url);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('manifests/v1.24.1-p1 answers 404');
    expect(recorded()).toEqual({});
  });

  it('refuses an answer that is no digest', async () => {
    digestOf = () => 'sha256:short';
    expect((await run('--update', '--mirror', url)).stderr).toContain('answers without a digest');
    expect(recorded()).toEqual({});
  });

  it('exits with 3 when no registry answers', async () => {
    const { exitCode, stderr } = await run('--update', '--mirror', 'http://127.0.0.1:1');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('http://127.0.0.1:1 cannot be reached');
  });

  it('refuses a file with merge conflicts', async () => {
    writeFileSync(DIGESTS_FILE, '<<<<<<< ours\n');
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${DIGESTS_FILE} is invalid`);
  });
});
