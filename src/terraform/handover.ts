/**
 * Publishes a stack's values for later stacks, through Terraform outputs and `terraform_remote_state`.
 *
 * cdktf does this by itself, but it creates an output only for a value that is read, with a hash in its name, and marks it as
 * sensitive. A change of tier would then change the stacks before it. Here each stack publishes its whole contract.
 */
import { TerraformOutput, type TerraformRemoteState } from 'cdktf';
import { kindOf, type StackKind } from '../contracts/stack-kinds';
import { readRemoteState } from './backends';
import type { TerraceStack } from './terrace-stack';

/** Values of one stack that others may read. */
export class Handover<T extends object> {
  private readonly remoteStates = new Map<TerraceStack, TerraformRemoteState>();

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
    let state = this.remoteStates.get(consumer);
    if (state === undefined) {
      state = readRemoteState(consumer, this.kind, this.producer.state);
      this.remoteStates.set(consumer, state);
      consumer.addDependency(this.producer);
    }
    return rewrite(this.values, `data.terraform_remote_state.${this.kind}.outputs`) as T;
  }
}

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
