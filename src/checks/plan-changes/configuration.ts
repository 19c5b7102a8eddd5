/** How the attributes of a resource are configured: what is shown for a value that is known only after the apply. Pure. */
import { isObject, mapStrings, type Block, type RootModule } from '../../terraform/root-module';
import type { PlanDocument } from './plan-document';

/** A reference that a string holds: `${aws_vpc.main.id}`. Other expressions stay as they are. */
const REFERENCE = /(?<!\$)\$\{((?:data\.)?[a-zA-Z_][\w-]*(?:\.[\w-]+|\[\d+\]|\["[^"\\]*"\])+)\}/g;

export class Configuration {
  /** @param module the synthesised stack; without it, only the addresses that an argument refers to are known */
  constructor(
    private readonly document: PlanDocument,
    private readonly module: RootModule | undefined,
  ) {}

  /**
   * The arguments of a resource, or the expression of an output. References to what is known already are replaced by their
   * values.
   * @param resolve which references: `data` those to data sources alone, whose values do not change during an apply
   */
  public of(address: string, resolve: 'data' | 'all'): unknown {
    const configured = this.written(address);
    return configured === undefined ? undefined : mapStrings(configured, (text) => this.resolved(text, resolve));
  }

  /** What Terraform runs on its machine or on a host when it creates or destroys the resource. */
  public provisionersOf(address: string): unknown {
    const written = this.written(address);
    return isObject(written) ? written.provisioner : undefined;
  }

  private written(address: string): unknown {
    const [type = '', rest = ''] = splitOnce(address, '.');
    const name = rest.replace(/\[.*$/s, '');
    if (this.module === undefined) return this.referencesOf(`${type}.${name}`);
    if (type === 'output') return this.module.output?.[name]?.value;
    return this.module.resource?.[type]?.[name];
  }

  private referencesOf(address: string): Block | undefined {
    const references = this.document.references[address];
    if (references === undefined) return undefined;
    return Object.fromEntries(
      Object.entries(references).flatMap(([name, [first]]) => (first === undefined ? [] : [[name, `\${${first}}`]])),
    );
  }

  private resolved(text: string, resolve: 'data' | 'all'): unknown {
    const whole = new RegExp(`^${REFERENCE.source}$`).exec(text)?.[1];
    if (whole !== undefined) return this.valueOf(whole, resolve) ?? text;
    return text.replace(REFERENCE, (match, reference: string) => {
      const value = this.valueOf(reference, resolve);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : match;
    });
  }

  /** Undefined for what is unknown or sensitive. */
  private valueOf(reference: string, resolve: 'data' | 'all'): unknown {
    const isData = reference.startsWith('data.');
    if (resolve === 'data' && !isData) return undefined;
    const parts = reference.replaceAll(/\["?([^"\]]*)"?\]/g, '.$1').split('.');
    const [address, path] = [parts.slice(0, isData ? 3 : 2).join('.'), parts.slice(isData ? 3 : 2)];
    const known = this.document.known.get(address);
    return known === undefined ? undefined : partAt(known.values, known.sensitive, path);
  }
}

function partAt(values: unknown, sensitive: unknown, [name, ...path]: readonly string[]): unknown {
  if (sensitive === true) return undefined;
  if (name === undefined) return values ?? undefined;
  return partAt(child(values, name), child(sensitive, name), path);
}

function child(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[])[Number(name)];
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
