/** What happens during `terraform apply -json`: lines for a log, and what was done when it stops. */
import { eventsIn, LineReader, type TerraformEvent } from './events';

/** How far an apply came. */
export interface Applied {
  /** Actions that ended, as `create aws_vpc.main`; a replacement is two of them. */
  readonly done: ReadonlySet<string>;
  /** Addresses of resources with an error. */
  readonly failed: ReadonlySet<string>;
  /** What terraform reports as errors, with addresses. */
  readonly errors: readonly string[];
}

const DOING: Readonly<Record<string, readonly [string, string]>> = {
  create: ['creating', 'created'],
  update: ['updating', 'updated'],
  delete: ['deleting', 'deleted'],
};

/** Seconds between two lines about the same resource. Terraform reports every ten. */
const EVERY = 60;

export class ApplyLog {
  private readonly done = new Set<string>();
  private readonly failed = new Set<string>();
  private readonly errors: string[] = [];
  private readonly reader = new LineReader((line) => eventsIn(line).forEach((event) => this.read(event)));

  /** @param report receives one line at a time */
  constructor(private readonly report: (line: string) => void) {}

  public readonly listen = (text: string, stream: 'stdout' | 'stderr'): void => {
    if (stream === 'stdout') this.reader.add(text);
  };

  public end(): Applied {
    this.reader.end();
    return { done: this.done, failed: this.failed, errors: this.errors };
  }

  private read({ type, hook, diagnostic }: TerraformEvent): void {
    const address = hook?.resource?.addr ?? '';
    const [doing, did] = DOING[hook?.action ?? ''] ?? [];
    const seconds = hook?.elapsed_seconds ?? 0;
    switch (type) {
      case 'apply_start':
        if (doing !== undefined) this.report(`${address}: ${doing}`);
        return;
      case 'apply_progress':
        if (doing !== undefined && Math.round(seconds) % EVERY === 0)
          this.report(`${address}: still ${doing}, ${duration(seconds)}`);
        return;
      case 'apply_complete':
        if (did === undefined) return;
        this.done.add(`${hook?.action ?? ''} ${address}`);
        this.report(`${address}: ${did} in ${duration(seconds)}`);
        return;
      case 'apply_errored':
        this.failed.add(address);
        this.report(`${address}: FAILED after ${duration(seconds)}`);
        return;
      case 'provision_progress':
        this.report(`${address} (${hook?.provisioner ?? 'provisioner'}): ${hook?.output ?? ''}`);
        return;
      case 'diagnostic':
        this.readDiagnostic(diagnostic ?? {});
        return;
      default:
    }
  }

  private readDiagnostic({ severity, summary = '', detail = '', address }: NonNullable<TerraformEvent['diagnostic']>): void {
    const text = [address === undefined ? summary : `${address}: ${summary}`, detail].filter((part) => part !== '').join('\n');
    if (severity === 'error') this.errors.push(text);
    this.report(`${severity === 'error' ? 'Error' : 'Warning'}: ${text}`);
  }
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}
