/**
 * Runs the real terraform on synthesised stacks, where it is installed. Providers are removed, so that nothing is downloaded:
 * this tests backends and remote states.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { StateStore } from '../../src/config/resolved/environment';
import type { RootModule } from './synth';

type Json = Record<string, any>;

const installed = new Map<string, boolean>();

/** Whether the command runs: a launcher may be installed without its program. It is tried once. */
function isInstalled(command: string, argument: string): boolean {
  const found = installed.get(command) ?? spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
  installed.set(command, found);
  return found;
}

const MOTO = process.env.MOTO_SERVER ?? 'moto_server';

export const isMotoInstalled = (): boolean => isInstalled(MOTO, '--help');

/** `describe` where terraform is installed; otherwise skipped with one line. */
export function describeWithTerraform(name: string, body: () => void): void {
  describeWhere(isInstalled('terraform', 'version'), 'terraform', name, body);
}

/** `describe` where moto's server is installed too (on the PATH, or named by MOTO_SERVER). */
export function describeWithMoto(name: string, body: () => void): void {
  describeWhere(isInstalled('terraform', 'version') && isMotoInstalled(), 'terraform or moto_server', name, body);
}

function describeWhere(isAvailable: boolean, missing: string, name: string, body: () => void): void {
  if (!isAvailable) process.stderr.write(`skipped, because ${missing} is not installed: ${name}\n`);
  (isAvailable ? describe : describe.skip)(name, body);
}

/** A temporary checkout: stacks are in `cdktf.out/stacks` below it, local states in it. */
export class Checkout {
  public readonly directory = mkdtempSync(join(tmpdir(), 'terrace-terraform-'));

  /** Synthesises, and changes each stack's JSON. */
  public synth(build: (app: App) => void, change: (module: Json) => Json = builtInOnly): void {
    const app = new App({ outdir: join(this.directory, 'cdktf.out'), stackTraces: false });
    build(app);
    app.synth();
    const stacks = join(this.directory, 'cdktf.out', 'stacks');
    for (const id of readdirSync(stacks)) {
      const file = join(stacks, id, 'cdk.tf.json');
      writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Json)));
    }
  }

  /** Runs terraform in a stack's folder; never rejects, because tests also check refusals. */
  public terraform(stackId: string, ...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
    const { AWS_PROFILE: _profile, ...environment } = process.env;
    return new Promise((resolve) => {
      execFile(
        'terraform',
        [...args, '-no-color'],
        {
          cwd: join(this.directory, 'cdktf.out', 'stacks', stackId),
          env: {
            ...environment,
            CHECKPOINT_DISABLE: '1',
            TF_IN_AUTOMATION: '1',
            TF_INPUT: '0',
            AWS_EC2_METADATA_DISABLED: 'true',
            AWS_SHARED_CREDENTIALS_FILE: join(this.directory, 'none'),
            AWS_CONFIG_FILE: join(this.directory, 'none'),
          },
        },
        (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr }),
      );
    });
  }

  /** The same, and fails with terraform's output unless terraform succeeds. */
  public async succeed(stackId: string, ...args: string[]): Promise<string> {
    const { code, output } = await this.terraform(stackId, ...args);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')} in ${stackId} ended with ${code}:\n${output}`);
    return output;
  }

  public remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** The module without providers and resources: backend, outputs and remote states. */
export function builtInOnly({ terraform, data, output }: Json): Json {
  const { required_providers: _required, ...settings } = terraform as RootModule['terraform'];
  const remoteStates =
    data?.terraform_remote_state === undefined ? {} : { data: { terraform_remote_state: data.terraform_remote_state } };
  return { ...remoteStates, ...(output === undefined ? {} : { output }), terraform: settings };
}

/** The emulator does not check the signature, but reads region and service from it. */
const signedFor = (region: string, service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`;

/** An AWS emulator on this machine, and the settings of terraform's S3 backend for it. */
export class Moto {
  private constructor(
    public readonly url: string,
    private readonly processId: number,
  ) {}

  public static async start(): Promise<Moto> {
    const port = await freePort();
    const child = spawn(MOTO, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', detached: true });
    const moto = new Moto(`http://127.0.0.1:${port}`, child.pid as number);
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (
        await fetch(moto.url).then(
          () => true,
          () => false,
        )
      )
        return moto;
      await new Promise((wake) => setTimeout(wake, 100));
    }
    moto.stop();
    throw new Error('moto did not answer within 30 seconds');
  }

  /** Stops the process group. */
  public stop(): void {
    process.kill(-this.processId);
  }

  /** Creates the bucket and the table of a store. */
  public async makeStore({ bucket, lockTable, region }: StateStore): Promise<void> {
    await fetch(`${this.url}/${bucket}`, { method: 'PUT' });
    await fetch(this.url, {
      method: 'POST',
      headers: {
        Authorization: signedFor(region, 'dynamodb'),
        'X-Amz-Target': 'DynamoDB_20120810.CreateTable',
        'Content-Type': 'application/x-amz-json-1.0',
      },
      body: JSON.stringify({
        TableName: lockTable,
        KeySchema: [{ AttributeName: 'LockID', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'LockID', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    });
  }

  /** An object's text. */
  public async object(bucket: string, key: string): Promise<string> {
    const headers = { Authorization: signedFor('us-east-1', 's3') };
    return (await fetch(`${this.url}/${bucket}/${key}`, { headers })).text();
  }

  /** Points a module's S3 backend and remote states at the emulator. */
  public readonly pointAt = (module: Json): Json => {
    const emulator = {
      endpoints: { s3: this.url, dynamodb: this.url, sts: this.url, iam: this.url },
      access_key: 'test',
      secret_key: 'test',
      skip_credentials_validation: true,
      skip_metadata_api_check: true,
      skip_requesting_account_id: true,
      use_path_style: true,
    };
    const pointed = builtInOnly(module);
    for (const remoteState of Object.values((pointed.data?.terraform_remote_state ?? {}) as Json))
      Object.assign(remoteState.config, emulator);
    if (pointed.terraform.backend.s3 !== undefined) Object.assign(pointed.terraform.backend.s3, emulator);
    return pointed;
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
