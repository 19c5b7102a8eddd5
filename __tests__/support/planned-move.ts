/**
 * An environment on an emulator of AWS, with the real terraform and provider, that a move plans and applies: every plan is kept, as
 * terraform shows it. Protections of data stay as they are synthesised.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustKeepAddress } from '../../src/checks/guarded-types';
import type { EnvironmentInput } from '../../src/config';
import { TerraformStacks } from '../../src/operations/move/stacks';
import { readModules } from '../../src/synthesis/output-folder';
import { fileOf, runCommand } from './command';
import { awsProvider, emulatedTerraform } from './emulated-terraform';
import { withTestCredentials } from './aws-credentials';
import { RunningProvider } from './running-provider';
import { Moto } from './terraform';

interface Change {
  readonly address: string;
  readonly type: string;
  readonly change: { readonly actions: readonly string[] };
}

/** One plan, in the order in which they were made. */
export interface KeptPlan {
  readonly stack: string;
  /** Managed resources that it changes. */
  readonly changes: readonly Change[];
}

export class PlannedMove {
  private readonly scratch = mkdtempSync(join(tmpdir(), 'terrace-planned-'));
  public readonly output = join(this.scratch, 'cdktf.out');
  private readonly plans = join(this.scratch, 'plans');
  private restore: () => void = () => undefined;

  private constructor(
    public readonly moto: Moto,
    private readonly provider: RunningProvider,
  ) {}

  /**
   * @param zone a public zone of Route 53 that is there
   * @throws where this machine has no provider (TERRACE_PLUGIN_DIR)
   */
  public static async start(zone: string): Promise<PlannedMove> {
    const installed = awsProvider();
    if (installed === undefined) throw new Error('TERRACE_PLUGIN_DIR has no provider of AWS');
    const made = new PlannedMove(await Moto.start(), await RunningProvider.start(installed));
    mkdirSync(made.plans);
    const { scratch, moto, provider, plans } = made;
    const bin = emulatedTerraform(scratch, moto.url, installed, provider, { plans });
    made.restore = withTestCredentials(moto.url);
    const route53 = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/route53/aws4_request';
    await fetch(`${moto.url}/2013-04-01/hostedzone`, {
      method: 'POST',
      headers: { authorization: route53 },
      body: `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${zone}</Name><CallerReference>${zone}</CallerReference></CreateHostedZoneRequest>`,
    });
    made.environment = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}`, TERRACE_BACKEND: 'local' };
    return made;
  }

  private environment: Readonly<Record<string, string | undefined>> = {};

  /** As the move applies stacks: each is planned, judged by the guard, and applied. */
  public get stacks(): TerraformStacks {
    return new TerraformStacks({ output: this.output, env: this.environment });
  }

  /** Writes the stacks of a description. @returns them by id, without observability, which holds no data and takes minutes */
  public async synthesise(input: EnvironmentInput): Promise<ReturnType<typeof readModules>> {
    const { exitCode, stderr } = await runCommand({ [input.name]: fileOf(input) }, ['synth', '--output', this.output], {
      env: this.environment,
    });
    if (exitCode !== 0) throw new Error(stderr);
    return new Map([...readModules(this.output)].filter(([name]) => !name.endsWith('-observability')));
  }

  /** The plans since the last call. */
  public newPlans(): readonly KeptPlan[] {
    const files = readdirSync(this.plans).sort();
    return files.map((file) => {
      const { resource_changes: changes = [] } = JSON.parse(readFileSync(join(this.plans, file), 'utf8')) as {
        readonly resource_changes?: readonly (Change & { readonly mode: string })[];
      };
      rmSync(join(this.plans, file));
      const [, stack = ''] = /^\d+-(.*)\.json$/.exec(file) ?? [];
      const isChange = ({ mode, change: { actions } }: Change & { readonly mode: string }): boolean =>
        mode === 'managed' && !['no-op', 'read'].includes(actions.join());
      return { stack, changes: changes.filter(isChange) };
    });
  }

  public stop(): void {
    this.restore();
    this.provider.stop();
    this.moto.stop();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** What holds data and would be destroyed or replaced, read from the plans without the guard. */
export function lostIn(plans: readonly KeptPlan[]): readonly string[] {
  return plans.flatMap(({ stack, changes }) =>
    changes
      .filter(({ type, change: { actions } }) => actions.includes('delete') && mustKeepAddress(type))
      .map(({ address }) => `${stack}: ${address}`),
  );
}

/** Addresses that the plans create, change or destroy, such as `shop-test-data: create aws_db_instance.database_primary`. */
export function actionsIn(plans: readonly KeptPlan[]): readonly string[] {
  return plans.flatMap(({ stack, changes }) =>
    changes.map(({ address, change: { actions } }) => `${stack}: ${actions.join('+')} ${address}`),
  );
}

/** Types of which something is destroyed or replaced, each once for a stack, such as `shop-test-data: aws_eip`. */
export function endedIn(plans: readonly KeptPlan[]): readonly string[] {
  const ended = plans.flatMap(({ stack, changes }) =>
    changes.filter(({ change: { actions } }) => actions.includes('delete')).map(({ type }) => `${stack}: ${type}`),
  );
  return [...new Set(ended)].sort();
}
