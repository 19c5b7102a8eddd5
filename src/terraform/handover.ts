/**
 * Publishes a stack's values for later stacks, through Terraform outputs and `terraform_remote_state`.
 *
 * cdktf does this by itself, but it creates an output only for a value that is read, with a hash in its name, and marks it as
 * sensitive. A change of tier would then change the stacks before it. Here each stack publishes its whole contract.
 */
import { TerraformOutput } from 'cdktf';
import { kindOf, type StackKind } from '../contracts/stack-kinds';
import { expression } from './expression';
import { readRemoteState, type StateLocation } from './backends';
import type { TerraceStack } from './terrace-stack';

/** Values that stacks can read, whichever stack publishes them. */
export interface Published<T extends object> {
  /** The values as the consuming stack sees them; also makes it deploy after the producer. */
  in(consumer: TerraceStack): T;
}

/** Values that are read from the state of the producing stack, once for each consumer. */
abstract class PublishedOutputs<T extends object> implements Published<T> {
  private readonly readers = new Set<TerraceStack>();

  protected constructor(
    /** The id of the remote state in stacks that read it. */
    private readonly id: string,
    private readonly state: StateLocation,
    protected readonly values: T,
  ) {}

  public in(consumer: TerraceStack): T {
    if (!this.readers.has(consumer)) {
      readRemoteState(consumer, this.id, this.state);
      this.orderAfterProducer(consumer);
      this.readers.add(consumer);
    }
    return rewrite(this.values, `data.terraform_remote_state.${this.id}.outputs`) as T;
  }

  protected abstract orderAfterProducer(consumer: TerraceStack): void;
}

/**
 * What a stack of another group publishes: of a shared zone, or of another environment. That stack is in another app, so its
 * values are known by their shape only.
 */
export class PublishedElsewhere<T extends object> extends PublishedOutputs<T> {
  /** @param shape the published fields, with any values as leaves; `undefined` for a field that is not published */
  constructor(
    private readonly producer: StateLocation,
    shape: T,
  ) {
    super(producer.stackId, producer, shape);
  }

  protected override orderAfterProducer(consumer: TerraceStack): void {
    consumer.deployAfter(this.producer.stackId);
  }
}

/** What each stack publishes. */
const publishedByStack = new WeakMap<TerraceStack, Handover<object>>();

/** What a stack publishes; undefined for one that publishes nothing. */
export function publishedBy(stack: TerraceStack): Published<object> | undefined {
  return publishedByStack.get(stack);
}

/** Values of one stack that later stacks of its group may read. */
export class Handover<T extends object> extends PublishedOutputs<T> {
  /**
   * Writes the outputs of the producing stack.
   * @param values strings, lists and records of strings; `undefined` is left out
   */
  constructor(
    private readonly producer: TerraceStack,
    values: T,
  ) {
    super(kindOfProducer(producer), producer.state, values);
    publishedByStack.set(producer, this);
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) this.write(snakeCase(name), value);
    }
  }

  /** In the producing stack itself the values are what was published, and no state is read. */
  public override in(consumer: TerraceStack): T {
    return consumer === this.producer ? this.values : super.in(consumer);
  }

  protected override orderAfterProducer(consumer: TerraceStack): void {
    consumer.addDependency(this.producer);
  }

  /** The construct id differs from the output's name, so that a module can have the same name as an output. */
  private write(name: string, value: unknown): void {
    new TerraformOutput(this.producer, `handover-${name}`, { value: toTerraform(value) }).overrideLogicalId(name);
  }
}

function kindOfProducer({ state: { stackId } }: TerraceStack): StackKind {
  const kind = kindOf(stackId);
  if (kind === undefined) throw new Error(`the stack ${stackId} has no kind, by which other stacks read it`);
  return kind;
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
  if (typeof value !== 'object' || value === null) return expression(path);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [name, rewrite(inner, `${path}${access(snakeCase(name))}`)]));
}

function access(name: string): string {
  // Attribute names may contain hyphens. A quoted index would break inside a policy, because JSON escapes the quotes.
  return /^[a-z_][a-z0-9_-]*$/.test(name) ? `.${name}` : `["${name}"]`;
}
