/**
 * What a stack that is not deployed would publish: its outputs as they are synthesised, with a placeholder in the place of every
 * value that AWS gives out. Pure.
 */
import { producerOf } from '../../contracts/stack-kinds';
import { mapExpressions, parseReference, type Reference } from '../../terraform/references';
import { blocksOf, isObject, outputAt, type Block, type RootModule } from '../../terraform/root-module';
import { shaped } from './shapes';

/** A value that a stack would publish. */
export interface Assumed {
  readonly value: unknown;
  /** Addresses whose attributes are invented in it; empty for a value that the description determines. */
  readonly invented: readonly string[];
  /** Whether the form of a part of it is a guess by the name alone. */
  readonly isGuessed: boolean;
}

/** Notes what is invented while a value is put together. */
interface Notes {
  readonly invented: Set<string>;
  isGuessed: boolean;
}

/** How deep references may lead to others: an output names a resource, whose name another output has. */
const DEEPEST = 12;

export class Assumptions {
  /** @param moduleOf a synthesised stack; undefined for one that is not in the output */
  constructor(private readonly moduleOf: (stackId: string) => RootModule | undefined) {}

  /**
   * What a stack would publish at a path.
   * @param path what follows `outputs`: `.buckets.uploads.arn`; empty for all outputs
   * @returns undefined when the stack publishes nothing there
   */
  public published(stackId: string, path: string): Assumed | undefined {
    const module = this.moduleOf(stackId);
    const found =
      path === ''
        ? Object.fromEntries(Object.entries(module?.output ?? {}).map(([name, { value }]) => [name, value]))
        : outputAt(module, path);
    return found === undefined ? undefined : this.noted((notes) => this.evaluated(found, stackId, notes, 0));
  }

  /** What a data source of a stack would find. */
  public found(stackId: string, reference: Reference): Assumed {
    return this.noted((notes) => this.attribute(stackId, reference, notes, 0));
  }

  private noted(work: (notes: Notes) => unknown): Assumed {
    const notes: Notes = { invented: new Set(), isGuessed: false };
    const value = work(notes);
    return { value, invented: [...notes.invented], isGuessed: notes.isGuessed };
  }

  private evaluated(value: unknown, stackId: string, notes: Notes, depth: number): unknown {
    if (typeof value === 'string') return this.text(value, stackId, notes, depth);
    if (Array.isArray(value)) return value.map((inner) => this.evaluated(inner, stackId, notes, depth));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.evaluated(inner, stackId, notes, depth)]));
  }

  /** One expression alone keeps the type of its value. */
  private text(text: string, stackId: string, notes: Notes, depth: number): unknown {
    const only = /^\$\{([^{}]*)\}$/.exec(text)?.[1];
    if (only !== undefined) return this.expression(only, stackId, notes, depth);
    const put = mapExpressions(text, (expression) => {
      const value = this.expression(expression, stackId, notes, depth);
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
    return put.replace(/([$%])\1\{/g, '$1{');
  }

  private expression(expression: string, stackId: string, notes: Notes, depth: number): unknown {
    const reference = parseReference(expression);
    if (reference !== undefined && depth < DEEPEST) return this.attribute(stackId, reference, notes, depth + 1);
    notes.invented.add(expression);
    notes.isGuessed = true;
    return 'assumed';
  }

  private attribute(stackId: string, reference: Reference, notes: Notes, depth: number): unknown {
    const { section, type, name, path, address } = reference;
    if (type === 'terraform_remote_state') return this.elsewhere(producerOf(stackId, name), path, notes, depth);
    const module = this.moduleOf(stackId);
    const block = (section === 'resource' ? module?.resource : module?.[section])?.[type]?.[name] ?? {};
    const attribute = path.replace(/\[[^\]]*\]/g, '').replace(/^\./, '');
    const configured = this.configured(stackId, block, attribute, notes, depth);
    if (configured !== undefined) return configured;
    const parameter = type === 'aws_ssm_parameter' ? this.parameter(stackId, block, attribute, notes, depth) : undefined;
    if (parameter !== undefined) return parameter;
    const number =
      blocksOf(module?.resource)
        .filter((one) => one.type === type)
        .findIndex((one) => one.name === name) + 1;
    const { value, isGuessed } = shaped(
      {
        type,
        number: Math.max(number, 1),
        region: regionOf(module, block),
        name: this.nameOf(stackId, block, name, notes, depth),
      },
      attribute,
    );
    // Determined by its name alone, and right where that is.
    if (!(type === 'aws_s3_bucket' && attribute === 'arn' && typeof block.bucket === 'string'))
      notes.invented.add(attribute === '' ? address : `${address}.${attribute}`);
    notes.isGuessed ||= isGuessed;
    return value;
  }

  private elsewhere(producer: string, path: string, notes: Notes, depth: number): unknown {
    const place = path.replace(/^\.outputs/, '');
    const value = outputAt(this.moduleOf(producer), place);
    if (value !== undefined) return this.evaluated(value, producer, notes, depth);
    notes.invented.add(`${producer}${place}`);
    const { value: guess } = shaped(
      { type: 'terraform_output', number: 1, region: '', name: 'assumed' },
      place.split('.').at(-1) ?? '',
    );
    notes.isGuessed = true;
    return guess;
  }

  /** An argument of the configuration. */
  private configured(stackId: string, block: Block, attribute: string, notes: Notes, depth: number): unknown {
    const value = block[attribute];
    return typeof value === 'string' || typeof value === 'number' ? this.evaluated(value, stackId, notes, depth) : undefined;
  }

  /** The first value of a parameter that another stack creates. */
  private parameter(stackId: string, block: Block, attribute: string, notes: Notes, depth: number): unknown {
    if (!/^(insecure_)?value$/.test(attribute) || typeof block.name !== 'string') return undefined;
    const reference = /^\$\{(.*)\}$/s.exec(block.name)?.[1];
    const { type = '', name: state = '' } = (reference === undefined ? undefined : parseReference(reference)) ?? {};
    const creator = type === 'terraform_remote_state' ? producerOf(stackId, state) : stackId;
    const wanted = this.evaluated(block.name, stackId, notes, depth);
    const created = blocksOf(this.moduleOf(creator)?.resource).find(
      (one) => one.type === 'aws_ssm_parameter' && one.block.name === wanted,
    );
    const value = created?.block.insecure_value ?? created?.block.value;
    return value === undefined ? undefined : this.evaluated(value, creator, notes, depth);
  }

  private nameOf(stackId: string, block: Block, fallback: string, notes: Notes, depth: number): string {
    const [given] = ['name', 'bucket', 'identifier', 'domain_name'].flatMap((argument) => block[argument] ?? []);
    const value = given === undefined ? undefined : this.evaluated(given, stackId, notes, depth);
    return typeof value === 'string' ? value : `assumed-${fallback.replaceAll('_', '-')}`;
  }
}

/** The region that a block names, or its provider. */
function regionOf(module: RootModule | undefined, { provider, region }: Block): string {
  if (typeof region === 'string') return region;
  const alias = typeof provider === 'string' ? provider.split('.')[1] : undefined;
  const providers = module?.provider?.aws ?? [];
  const used = providers.find((one) => one.alias === alias) ?? providers[0];
  return typeof used?.region === 'string' ? used.region : 'us-east-1';
}
