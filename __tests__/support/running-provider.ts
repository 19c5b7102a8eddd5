/**
 * The provider for AWS of this machine for many commands of terraform. By itself terraform reads all of its 700 MB to verify them,
 * starts it, and asks it for its schema, for every single command. One process, as developers of providers debug them, answers what
 * needs no more than the schema; those that call AWS start it, because a process takes one configuration only, and verify nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_CREDENTIALS } from './aws-credentials';

/** Where a provider that was unpacked is, and its version. */
export interface InstalledProvider {
  readonly folder: string;
  readonly version: string;
}

const START_SECONDS = 60;

export class RunningProvider {
  private constructor(
    private readonly child: ChildProcess,
    /** Variables with which terraform finds the process. */
    public readonly env: { readonly TF_REATTACH_PROVIDERS: string },
    /** The folder of the program. */
    private readonly place: string,
  ) {}

  /** Lines of a shell script that is called as terraform is. @param scratch for a file of settings */
  public lines(scratch: string): readonly string[] {
    const settings = join(scratch, 'terraform.rc');
    writeFileSync(settings, `provider_installation {\n  dev_overrides { "hashicorp/aws" = "${this.place}" }\n}\n`);
    return [
      'case $1 in',
      `  plan | apply) export TF_CLI_CONFIG_FILE='${settings}' ;;`,
      `  *) export TF_REATTACH_PROVIDERS='${this.env.TF_REATTACH_PROVIDERS}' ;;`,
      'esac',
    ];
  }

  public static async start({ folder, version }: InstalledProvider): Promise<RunningProvider> {
    const place = join(folder, 'registry.terraform.io/hashicorp/aws', version, 'linux_amd64');
    const program = readdirSync(place).find((name) => name.startsWith('terraform-provider-aws'));
    if (program === undefined) throw new Error(`${place} has no provider`);
    const env = { ...process.env, ...TEST_CREDENTIALS };
    const child = spawn(join(place, program), ['-debug'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const reattach = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the provider does not start')), START_SECONDS * 1000);
      let said = '';
      child.stdout.on('data', (text: Buffer) => {
        said += text.toString();
        const [, found] = /TF_REATTACH_PROVIDERS='(.*)'/.exec(said) ?? [];
        if (found === undefined) return;
        clearTimeout(late);
        resolve(found);
      });
      child.on('exit', () => {
        clearTimeout(late);
        reject(new Error(`the provider has ended: ${said}`));
      });
    });
    return new RunningProvider(child, { TF_REATTACH_PROVIDERS: reattach }, place);
  }

  public stop(): void {
    this.child.kill('SIGKILL');
  }
}
