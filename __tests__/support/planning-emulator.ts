/** An AWS that plans can ask: moto, with the answers that it lacks, and the provider of this machine in place of the pinned one. */
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overrideFor } from '../../src/commands/tryout/override';
import { prune, readSchemas, type Schemas } from '../../src/commands/tryout/prune';
import { withoutUnusedProviders } from '../../src/commands/tryout/leave-out';
import type { Block, RootModule } from '../../src/terraform/root-module';
import { Terraform } from '../../src/terraform/runner/terraform';
import { Moto } from './terraform';

/** The provider that this machine may have in a folder: TERRACE_PLUGIN_DIR. */
const AWS_PROVIDER = '5.100.0';

export class PlanningEmulator {
  private constructor(
    public readonly url: string,
    private readonly moto: Moto,
    private readonly proxy: Server,
  ) {}

  /** @param zones host names of public zones of Route 53, which plans look up */
  public static async start(zones: readonly string[] = []): Promise<PlanningEmulator> {
    const moto = await Moto.start();
    const proxy = createServer((incoming, outgoing) => {
      // The provider asks Step Functions whether a definition is valid while it plans.
      if (incoming.headers['x-amz-target'] === 'AWSStepFunctions.ValidateStateMachineDefinition') {
        incoming.resume();
        outgoing.setHeader('content-type', 'application/x-amz-json-1.0').end('{"result":"OK","diagnostics":[]}');
        return;
      }
      const { hostname, port } = new URL(moto.url);
      const forwarded = request(
        { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      forwarded.on('error', () => outgoing.writeHead(502).end());
      incoming.pipe(forwarded);
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const emulator = new PlanningEmulator(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, moto, proxy);
    for (const zone of zones) await emulator.createZone(zone);
    return emulator;
  }

  public stop(): void {
    this.proxy.closeAllConnections();
    this.proxy.close();
    this.moto.stop();
  }

  /** Variables for terraform and for clients of this process. */
  public get env(): Readonly<Record<string, string | undefined>> {
    return {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: this.url,
    };
  }

  private async createZone(name: string): Promise<void> {
    await fetch(`${this.url}/2013-04-01/hostedzone`, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/route53/aws4_request' },
      body: `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${name}</Name><CallerReference>${name}</CallerReference></CreateHostedZoneRequest>`,
    });
  }
}

/** The schemas of the provider in TERRACE_PLUGIN_DIR; undefined where it is not there. */
export async function olderProvider(): Promise<Schemas | undefined> {
  const { TERRACE_PLUGIN_DIR: folder } = process.env;
  if (folder === undefined) return undefined;
  const work = mkdtempSync(join(tmpdir(), 'terrace-schemas-'));
  try {
    const terraform = new Terraform({ env: process.env, plugins: { cache: work, folder } });
    const required = { aws: { source: 'aws', version: AWS_PROVIDER } };
    if ((await terraform.whyNoProviders(work, required)) !== undefined) return undefined;
    return readSchemas((await terraform.run(work, 'providers', 'schema', '-json')).stdout);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The module for an emulator, and with only what the older provider knows. */
export function forOlderProvider(module: RootModule, url: string, schemas: Schemas): RootModule {
  const { module: known } = prune(withoutUnusedProviders(module), schemas);
  const override = overrideFor(known, url, { aws: AWS_PROVIDER }) as { terraform?: Block; provider: { aws: readonly Block[] } };
  return {
    ...known,
    terraform: {
      ...known.terraform,
      required_providers: {
        ...known.terraform?.required_providers,
        ...(override.terraform?.required_providers as object | undefined),
      },
    },
    provider: {
      ...known.provider,
      aws: (known.provider?.aws ?? []).map((settings, index) => ({ ...settings, ...override.provider.aws[index] })),
    },
  };
}
