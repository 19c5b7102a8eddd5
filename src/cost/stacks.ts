/** Resources over all stacks of an environment, and how one refers to another. */
import { groupBy } from '../cli/group-by';
import { nestedBlocks, resourcesOf, type Block, type Modules } from '../terraform/root-module';

export interface StackResource {
  readonly stack: string;
  readonly type: string;
  readonly address: string;
  readonly block: Block;
}

export class Stacks {
  /** Every resource, in the order of stacks. */
  public readonly resources: readonly StackResource[];
  private readonly byType: ReadonlyMap<string, readonly StackResource[]>;

  constructor(private readonly modules: Modules) {
    this.resources = Object.entries(modules).flatMap(([stack, module]) =>
      resourcesOf(module).map((resource) => ({ ...resource, stack })),
    );
    this.byType = groupBy(this.resources, ({ type }) => type);
  }

  /** Resources of a type in all stacks, or in one. */
  public ofType(type: string, stack?: string): readonly StackResource[] {
    const all = this.byType.get(type) ?? [];
    return stack === undefined ? all : all.filter((resource) => resource.stack === stack);
  }

  /** The resource of the same stack that an argument refers to: `${aws_launch_template.nodes.id}`. */
  public referred(value: unknown, type: string, stack: string): StackResource | undefined {
    if (typeof value !== 'string') return undefined;
    return this.ofType(type, stack).find(({ address }) => value.includes(`\${${address}.`));
  }

  /** The region of a resource: its own, or that of its stack's provider. */
  public regionOf({ stack, block }: StackResource): string {
    if (typeof block.region === 'string') return block.region;
    const providers = this.modules[stack]?.provider?.aws ?? [];
    const alias = typeof block.provider === 'string' ? block.provider.replace(/^aws\.?/, '') : '';
    const provider = providers.find((one) => (one.alias ?? '') === alias) ?? providers[0];
    return typeof provider?.region === 'string' ? provider.region : 'global';
  }
}

/** A number that Terraform JSON has as a number or as text; undefined for an expression. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** Whether an argument is true; Terraform JSON has some as text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

export function textOf(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

/** The first block of an argument that holds one, or a list of them. */
export function blockOf(value: unknown): Block {
  return nestedBlocks(value)[0] ?? {};
}
