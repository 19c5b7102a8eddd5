/**
 * Publishes a stack's values for later stacks, through Terraform outputs and `terraform_remote_state`.
 *
 * cdktf does this by itself, but it creates an output only for a value that is read, with a hash in its name, and marks it as
 * sensitive. A change of tier would then change the stacks before it. Here each stack publishes its whole contract.
 */
import { TerraformOutput } from 'cdktf';
import { kindOf, type StackKind } from '../contracts/stack-kinds';
import { readRemoteState, type StateLocation } from './backends';
import type { TerraceStack } from './terrace-stack';

/** Values that stacks can read, whichever stack publishes them. */
export interface Published<T extends object> {
  /** The values as the consuming stack sees them; also makes it deploy after the producer. */
  in(consumer: TerraceStack): T;
}

/**
 * What a stack of another group publishes: of a shared zone, or of another environment. That stack is in another app, so its
 * values are known by their shape only.
 */
export class PublishedElsewhere<T extends object> implements Published<T> {
  private readonly readers = new Set<TerraceStack>();

  /** @param shape the published fields, with any values as leaves; `undefined` for a field that is not published */
  constructor(
    private readonly producer: StateLocation,
    private readonly shape: T,
  ) {}

  public in(consumer: TerraceStack): T {
    const { stackId } = this.producer;
    if (!this.readers.has(consumer)) {
      readRemoteState(consumer, stackId, this.producer);
      consumer.deployAfter(stackId);
      this.readers.add(consumer);
    }
    return rewrite(this.shape, outputsOf(stackId)) as T;
  }
}

/** Values of one stack that later stacks of its group may read. */
export class Handover<T extends object> implements Published<T> {
  private readonly readers = new Set<TerraceStack>();

  private readonly kind: StackKind;

  /**
   * Writes the outputs of the producing stack.
   * @param values strings, lists and records of strings; `undefined` is left out
   */
  constructor(
    private readonly producer: TerraceStack,
    private readonly values: T,
  ) {
    const kind = kindOf(producer.state.stackId);
    if (kind === undefined) throw new Error(`the stack ${producer.state.stackId} has no kind, by which other stacks read it`);
    this.kind = kind;
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) this.write(snakeCase(name), value);
    }
  }

  /** The construct id differs from the output's name, so that a module can have the same name as an output. */
  private write(name: string, value: unknown): void {
    new TerraformOutput(this.producer, `handover-${name}`, { value: toTerraform(value) }).overrideLogicalId(name);
  }

  /** The same values as references in the consuming stack, which is then deployed after the producer. */
  public in(consumer: TerraceStack): T {
    if (!this.readers.has(consumer)) {
      readRemoteState(consumer, this.kind, this.producer.state);
      consumer.addDependency(this.producer);
      this.readers.add(consumer);
    }
    return rewrite(this.values, outputsOf(this.kind)) as T;
  }
}

const outputsOf = (remoteState: string): string => `data.terraform_remote_state.${remoteState}.outputs`;

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toTerraform(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toTerraform);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [snakeCase(name), toTerraform(inner)]));
}

/** Replaces each leaf by a reference to its place in the producer's outputs. */
function rewrite(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((inner, index) => rewrite(inner, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return `\${${path}}`;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [name, rewrite(inner, `${path}${access(snakeCase(name))}`)]));
}

function access(name: string): string {
  // Attribute names may contain hyphens. A quoted index would break inside a policy, because JSON escapes the quotes.
  return /^[a-z_][a-z0-9_-]*$/.test(name) ? `.${name}` : `["${name}"]`;
}
