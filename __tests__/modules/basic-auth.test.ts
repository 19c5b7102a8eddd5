/** Basic authentication: the function is run against requests, the command that adds a login against a shell. */
import { createHash } from 'node:crypto';
import * as crypto from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { basicAuthFunction } from '../../src/modules/edge/basic-auth';
import { example, type Example } from '../support/example';
import { danglingReferences } from '../support/references';
import { resourcesOf, synthEnvironment, type RootModule } from '../support/synth';

type Headers = Readonly<Record<string, { readonly value: string; readonly multiValue?: readonly { readonly value: string }[] }>>;

const tokenOf = (login: string) => Buffer.from(login).toString('base64');
const keyOf = (login: string) => createHash('sha256').update(tokenOf(login)).digest('hex');
const sent = (login: string): Headers => ({ authorization: { value: `Basic ${tokenOf(login)}` } });

/** Runs the function as CloudFront does: its two imports are given, everything else is its own. */
async function answer(
  code: string,
  uri: string,
  headers: Headers,
  keys: readonly string[] = [keyOf('ann:secret')],
): Promise<any> {
  const withoutImports = code.replace(/^import .*$/gm, '');
  const cf = { kvs: () => ({ exists: (key: string) => Promise.resolve(keys.includes(key)) }) };
  const handler = runInNewContext(`${withoutImports}; handler`, { cf, crypto }) as (event: object) => Promise<unknown>;
  return JSON.parse(JSON.stringify(await handler({ request: { uri, headers: { ...headers } } })));
}

describe('the function', () => {
  const code = basicAuthFunction('shop-test', ['/webhooks/*', '/health'], '');
  const status = async (uri: string, headers: Headers, keys?: readonly string[]) =>
    (await answer(code, uri, headers, keys)).statusCode ?? 'passes';

  it('lets a known login pass, and hides it from the application', async () => {
    const passed = await answer(code, '/orders', { ...sent('ann:secret'), host: { value: 'shop.example' } });
    expect(passed).toEqual({ uri: '/orders', headers: { host: { value: 'shop.example' } } });
    expect(await status('/', { authorization: { value: `basic ${tokenOf('ann:secret')}` } })).toBe('passes');
  });

  it('asks everybody else for one', async () => {
    const asked = await answer(code, '/', {});
    expect(asked).toMatchObject({
      statusCode: 401,
      headers: {
        'www-authenticate': { value: 'Basic realm="shop-test", charset="UTF-8"' },
        'cache-control': { value: 'no-store' },
      },
    });
    expect(await status('/', sent('ann:wrong'))).toBe(401);
    expect(await status('/', sent('ann:'))).toBe(401);
    expect(await status('/', sent(''))).toBe(401);
  });

  it('admits nobody while the store is empty', async () => {
    expect(await status('/', sent('ann:secret'), [])).toBe(401);
    expect(await status('/', {}, [])).toBe(401);
  });

  it('refuses other schemes and malformed headers', async () => {
    const token = tokenOf('ann:secret');
    for (const value of [
      `Bearer ${token}`,
      token,
      'Basic',
      'Basic ',
      `Basic ${token} x`,
      `Basic  ${token}`,
      'Basic ***',
      `xBasic ${token}`,
      '',
    ])
      expect([value, await status('/', { authorization: { value } })]).toEqual([value, 401]);
    const two = { authorization: { value: `Basic ${token}`, multiValue: [{ value: `Basic ${token}` }, { value: 'Basic x' }] } };
    expect(await status('/', two)).toBe(401);
  });

  it('accepts logins beyond ASCII as browsers send them', async () => {
    expect(await status('/', sent('änn:pässwörd'), [keyOf('änn:pässwörd')])).toBe('passes');
  });

  it('exempts the listed paths only, and leaves headers of these requests alone', async () => {
    expect(await status('/webhooks/stripe', {})).toBe('passes');
    expect(await status('/health', {})).toBe('passes');
    for (const uri of ['/webhooks', '/webhooksx', '/healthy', '/x/health', '/Health', '/'])
      expect([uri, await status(uri, {})]).toEqual([uri, 401]);
    const bearer: Headers = { authorization: { value: 'Bearer application' } };
    expect((await answer(code, '/webhooks/stripe', bearer)).headers).toEqual(bearer);
  });

  it('exempts no path that an application may read as another one', async () => {
    for (const uri of [
      '/webhooks/../orders',
      '/webhooks/..;/orders',
      '/webhooks/%2e%2e/orders',
      '/webhooks/%2Forders',
      '/webhooks//orders',
      '/webhooks/..\\orders',
    ])
      expect([uri, await status(uri, {})]).toEqual([uri, 401]);
  });

  it('refuses when the store fails', async () => {
    const withoutImports = code.replace(/^import .*$/gm, '');
    const cf = { kvs: () => ({ exists: () => Promise.reject(new Error('unavailable')) }) };
    const handler = runInNewContext(`${withoutImports}; handler`, { cf, crypto }) as (event: object) => Promise<unknown>;
    await expect(handler({ request: { uri: '/', headers: sent('ann:secret') } })).rejects.toThrow('unavailable');
  });

  it('has nothing that Terraform would interpolate, and fits into 10 KB', () => {
    const many = Array.from({ length: 20 }, (_, index) => `/${'long'.repeat(20)}/${index}/*`);
    expect(code).not.toMatch(/[$%]\{/);
    expect(basicAuthFunction('shop-test', many, '').length).toBeLessThan(10_240);
  });
});

describe('an environment with basic authentication', () => {
  const domain = { ...(example().domain as NonNullable<Example['domain']>), names: ['shop.example', 'www.shop.example'] };
  const stacks = (changes: Partial<EnvironmentInput> = {}): RootModule =>
    synthEnvironment(
      parseEnvironment(
        example({
          domain,
          edge: { cdn: {}, basicAuth: { except: ['/webhooks/*'] } },
          frontends: {
            site: { kind: 'static-site', pages: 'directories', hosts: ['www.shop.example'] },
            app: { kind: 'service', service: 'api', cachedPaths: ['/assets/*'] },
          },
          ...changes,
        }),
      ),
    )['shop-test-edge'] as RootModule;

  it.each(['fargate', 'kubernetes'] as const)('on %s asks on every path of every distribution, cached or not', (tier) => {
    const edge = stacks({ tier });
    const behaviors = resourcesOf(edge, 'aws_cloudfront_distribution').flatMap((made) => [
      made.default_cache_behavior,
      ...(made.ordered_cache_behavior ?? []),
    ]);
    expect(behaviors).toHaveLength(3);
    const functions = edge.resource?.aws_cloudfront_function ?? {};
    for (const { function_association: associated } of behaviors) {
      expect(associated).toHaveLength(1);
      const id = /aws_cloudfront_function\.([^.]+)\.arn/.exec(associated[0].function_arn)?.[1] ?? '';
      expect(functions[id]).toMatchObject({
        code: expect.stringContaining('isAdmitted'),
        key_value_store_associations: ['${aws_cloudfront_key_value_store.basic-auth_logins.arn}'],
      });
    }
    expect(danglingReferences(edge)).toEqual([]);
  });

  it('finds the files of a static site after the login, as without one', async () => {
    const code = resourcesOf(stacks(), 'aws_cloudfront_function').find(({ name }) => name === 'shop-test-site')?.code as string;
    expect((await answer(code, '/about', {})).statusCode).toBe(401);
    expect((await answer(code, '/about', sent('ann:secret'))).uri).toBe('/about.html');
    expect((await answer(code, '/webhooks/', {})).uri).toBe('/webhooks/index.html');
  });

  it('without the field asks nowhere, and creates no store', () => {
    const edge = stacks({ edge: { cdn: {} } });
    expect(edge.resource?.aws_cloudfront_key_value_store).toBeUndefined();
    expect(JSON.stringify(edge)).not.toContain('isAdmitted');
    expect(edge.output?.add_login).toBeUndefined();
  });

  it('adds a login with one command, which the function then admits; the password is no argument of a program', async () => {
    const store = 'arn:aws:cloudfront::123456789012:key-value-store/1';
    const command = (stacks().output?.add_login?.value as string).replace(/\$\{aws_cloudfront_key_value_store[^}]*\}/, store);
    const folder = mkdtempSync(join(tmpdir(), 'terrace-login-'));
    const calls = join(folder, 'calls');
    writeFileSync(join(folder, 'aws'), `#!/bin/sh\necho "$@" >> '${calls}'\ncase "$2" in describe-*) echo ETAG ;; esac\n`);
    chmodSync(join(folder, 'aws'), 0o755);
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const result = spawnSync('sh', ['-c', command], { env, input: 'ann\nse  c*ret$1" \n', encoding: 'utf8' });
    const [, put = ''] = readFileSync(calls, 'utf8').trim().split('\n');
    rmSync(folder, { recursive: true });
    const key = keyOf('ann:se  c*ret$1" ');
    expect({ status: result.status, put }).toEqual({
      status: 0,
      put: `cloudfront-keyvaluestore put-key --kvs-arn ${store} --if-match ETAG --key ${key} --value ann`,
    });
    expect(put + result.stdout).not.toContain('ret$1');
    const code = basicAuthFunction('shop-test', [], '');
    expect((await answer(code, '/', sent('ann:se  c*ret$1" '), [key])).uri).toBe('/');
  });
});
