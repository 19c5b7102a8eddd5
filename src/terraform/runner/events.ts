/** Terraform's machine-readable output (`-json`), one event a line. Pure. Source: Terraform documentation, "Machine-Readable UI". */

export interface TerraformEvent {
  readonly type?: string;
  readonly hook?: {
    readonly resource?: { readonly addr?: string };
    readonly action?: string;
    readonly elapsed_seconds?: number;
    readonly provisioner?: string;
    readonly output?: string;
  };
  readonly change?: { readonly resource?: { readonly addr?: string }; readonly action?: string };
  readonly diagnostic?: {
    readonly severity?: string;
    readonly summary?: string;
    readonly detail?: string;
    readonly address?: string;
    /** The configuration that it is about, and the values in it. */
    readonly snippet?: {
      readonly code?: string;
      readonly values?: readonly { readonly traversal?: string; readonly statement?: string }[];
    };
  };
}

/** The events in an output; other lines are ignored. */
export function eventsIn(output: string): readonly TerraformEvent[] {
  return output.split('\n').flatMap((line) => {
    const event = eventIn(line);
    return event === undefined ? [] : [event];
  });
}

function eventIn(line: string): TerraformEvent | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null ? event : undefined;
  } catch {
    return undefined;
  }
}

/** Splits an output into lines as it is written. */
export class LineReader {
  private rest = '';

  constructor(private readonly receive: (line: string) => void) {}

  public add(text: string): void {
    const lines = `${this.rest}${text}`.split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.receive(line);
  }

  /** The output has ended. */
  public end(): void {
    if (this.rest !== '') this.receive(this.rest);
    this.rest = '';
  }
}
