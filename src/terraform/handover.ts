/**
 * Hands a stack's values on to later stacks through Terraform outputs and `terraform_remote_state`.
 *
 * cdktf would do so by itself, but makes an output only for what somebody reads, with a hash in its name and marked
 * sensitive. Then a change of tier would change the producer. Here each stack's contract is written out whole.
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
    if (kind === undefined) throw new Error(`the stack ${producer.state.stackId} has no kind by which others could read it`);
    this.kind = kind;
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) this.write(snakeCase(name), value);
    }
  }

  /** The construct id is not the output's name, so that a module may be called `database` as the output is. */
  private write(name: string, value: unknown): void {
    new TerraformOutput(this.producer, `handover-${name}`, { value: toTerraform(value) }).overrideLogicalId(name);
  }

  /** The same values as the consuming stack sees them; also makes it deploy after the producer. */
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
  // Hyphens are legal in Terraform's attribute names; a quoted index would break inside a policy, where JSON escapes the quotes.
  return /^[a-z_][a-z0-9_-]*$/.test(name) ? `.${name}` : `["${name}"]`;
}
