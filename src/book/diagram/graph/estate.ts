/** The synthesised stacks of an environment and of those around it, and what a reference in one of them leads to. */
import { kindOf, producerOf } from '../../../contracts/stack-kinds';
import { blocksOf, isObject, nestedBlocks, outputAt, type Block, type RootModule } from '../../../terraform/root-module';
import type { Place } from '../types';

/** A resource with what surrounds it. */
export interface Found {
  readonly place: Place;
  readonly name: string;
  readonly block: Block;
  readonly region: string;
}

const REMOTE = /data\.terraform_remote_state\.([\w-]+)\.outputs((?:\.[\w-]+|\["[^"]+"\]|\[\d+\])*)/g;
const DIRECT = /(?<![.\w-])((?:data\.)?(?:aws|cloudflare|kubernetes|helm)_[a-z0-9_]+\.[\w-]+)/g;

/** `<stack>/<address>`: a place as the key of a map. */
export const keyOf = ({ stack, address }: Place): string => `${stack}/${address}`;

export const textOf = (value: unknown, otherwise = ''): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : otherwise;

/** Pure look-ups; the order of everything returned is that of stack ids and of the JSON. */
export class Estate {
  /** The ids of the environment's stacks, sorted. */
  private readonly own: readonly string[];

  constructor(
    environment: string,
    private readonly stacks: ReadonlyMap<string, RootModule>,
  ) {
    this.own = [...stacks.keys()].filter((id) => id.startsWith(`${environment}-`) && isOf(environment, id)).sort();
  }

  /** Resources of the environment, of these types in this order. */
  public all(...types: readonly string[]): readonly Found[] {
    return types.flatMap((type) => this.own.flatMap((stack) => this.inStack(stack, type)));
  }

  /** Resources of a type in every stack, also of shared zones. */
  public everywhere(type: string): readonly Found[] {
    return [...this.stacks.keys()].sort().flatMap((stack) => this.inStack(stack, type));
  }

  /** Whether a stack belongs to the environment itself. */
  public owns({ stack }: Place): boolean {
    return this.own.includes(stack);
  }

  /** The arguments at a place; undefined when the stack is not at hand. */
  public blockAt({ stack, address }: Place): Block | undefined {
    const module = this.stacks.get(stack);
    const data = address.startsWith('data.');
    const [type = '', name = ''] = (data ? address.slice('data.'.length) : address).split('.');
    return (data ? module?.data : module?.resource)?.[type]?.[name];
  }

  /** Every resource and data source that the strings of a value refer to, through the outputs of other stacks. */
  public references(stack: string, value: unknown): readonly Place[] {
    const found = new Map<string, Place>();
    for (const text of strings(value)) {
      if (!text.includes('${')) continue;
      for (const [, remote = '', path = ''] of text.matchAll(REMOTE)) {
        const producer = producerOf(stack, remote);
        for (const place of this.references(producer, outputAt(this.stacks.get(producer), path))) found.set(keyOf(place), place);
      }
      for (const [, address = ''] of text.matchAll(DIRECT)) {
        if (!address.startsWith('data.terraform_remote_state')) found.set(keyOf({ stack, address }), { stack, address });
      }
    }
    return [...found.values()];
  }

  /** The places among the references that have one of the types. */
  public referencesOf(stack: string, value: unknown, ...types: readonly string[]): readonly Place[] {
    return this.references(stack, value).filter(({ address }) => types.includes(address.slice(0, address.lastIndexOf('.'))));
  }

  /** A string with the outputs of other stacks filled in where these are literals. */
  public literal(stack: string, value: unknown): string {
    const text = textOf(value);
    const [whole, remote = '', path = ''] = [...text.matchAll(REMOTE)][0] ?? [];
    if (whole === undefined || text !== `\${${whole}}`) return text;
    const producer = producerOf(stack, remote);
    return this.literal(producer, outputAt(this.stacks.get(producer), path)) || text;
  }

  private inStack(stack: string, type: string): readonly Found[] {
    const module = this.stacks.get(stack);
    const region = textOf(module?.provider?.aws?.[0]?.region);
    return blocksOf({ [type]: module?.resource?.[type] ?? {} }).map(({ name, block }) => ({
      place: { stack, address: `${type}.${name}` },
      name,
      block,
      region: textOf(block.region, region),
    }));
  }
}

/** `shop-eu-data` belongs to `shop-eu`, not to `shop`. */
function isOf(environment: string, stackId: string): boolean {
  const kind = kindOf(stackId);
  return kind !== undefined && stackId === `${environment}-${kind}`;
}

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  return isObject(value) ? Object.entries(value).flatMap(([name, inner]) => (name === '//' ? [] : strings(inner))) : [];
}

/** The JSON that an argument holds as text; undefined when it is something else. */
export function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** The objects of a JSON text that holds a list of them. */
export const parsedList = (value: unknown): readonly Block[] => nestedBlocks(parsedJson(value));
