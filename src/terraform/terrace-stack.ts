/** What every stack has: a backend, an AWS provider that refuses the wrong account, tags, and readable addresses. */
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { TerraformElement, TerraformOutput, TerraformStack, type App } from 'cdktf';
import type { Construct, Node } from 'constructs';
import { renderHcl } from './hcl/render';
import { StackBackend, type StateLocation } from './backends';
import { emulatorSettings } from './emulator-settings';
import { escapeLiterals } from './literal';
import { allowProviderVersions } from './provider-versions';
import { ModuleSynthesizer } from './module-synthesizer';
import { renderElement } from './render-resource';
import { ElementResolver } from './resolve-element';
import { isObject } from './root-module';
import { REQUIRED_TERRAFORM } from './runner/version';

export interface TerraceStackProps {
  readonly state: StateLocation;
  readonly region: string;
  /** Plans against any other account fail. */
  readonly account?: string;
  /** On every resource that supports tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Name of the policy that bounds every role of the stack. @default none: no pipeline applies the stack */
  readonly permissionsBoundary?: string;
  /** URL of an emulator, which is then used with fake credentials. @default AWS */
  readonly emulator?: string;
}

/** One Terraform root module, directly under the app. */
export class TerraceStack extends TerraformStack {
  private readonly addresses = new Map<string, string>();
  private readonly earlier = new Set<string>();
  private callerIdentity?: DataAwsCallerIdentity;

  constructor(
    app: App,
    protected readonly stackProps: TerraceStackProps,
  ) {
    super(app, stackProps.state.stackId);
    this.synthesizer = new ModuleSynthesizer(this, this.synthesizer);
    new StackBackend(this, stackProps.state);
    new AwsProvider(this, 'aws', {
      region: stackProps.region,
      allowedAccountIds: stackProps.account === undefined ? undefined : [stackProps.account],
      defaultTags: [{ tags: { ...stackProps.tags } }],
      ...(stackProps.emulator === undefined ? {} : emulatorSettings(stackProps.emulator)),
    });
    allowProviderVersions(this, 'aws');
    this.addOverride('terraform.required_version', REQUIRED_TERRAFORM);
  }

  /**
   * cdktf resolves everything once more here, to turn references between stacks into outputs and remote states. Stacks of Terrace
   * read each other only through `Handover`, so there are no such references, and a fifth of the time is saved. The backend that it
   * looks for is there since the stack was created.
   */
  public override prepareStack(): void {
    // Nothing is left to prepare.
  }

  /** Text in the value is literal, as in every other argument: expressions are tokens. */
  public override addOverride(path: string, value: unknown): void {
    super.addOverride(path, escapeLiterals(value));
  }

  /**
   * What cdktf renders, in less time: the elements are rendered and resolved here, and cdktf says only what is about the stack as a
   * whole, which is metadata and overrides.
   */
  public override toTerraform(): object {
    const { '//': about, ...overrides } = super.toTerraform.call(this.withoutElements()) as Record<string, unknown>;
    const module: Record<string, unknown> = { '//': about };
    const resolver = new ElementResolver(this);
    for (const element of elementsOf(this)) {
      const metadata = element.toMetadata() as object;
      merge(module, { '//': { metadata, ...outputPlace(element) } });
      merge(module, resolver.resolve(renderElement(element, metadata)));
    }
    return merge(module, overrides);
  }

  /** This stack, as cdktf sees it where it has no elements. */
  private withoutElements(): TerraformStack {
    const { id, path } = this.node;
    return Object.create(this, { node: { value: { id, path, children: [] } } }) as TerraformStack;
  }

  /** The stack's id, and where its state is. */
  public get state(): StateLocation {
    return this.stackProps.state;
  }

  /** Makes this stack deploy after one of another app, which cdktf's own dependencies cannot express. */
  public deployAfter(stackId: string): void {
    this.earlier.add(stackId);
  }

  /** The stacks of other apps that are deployed before this one. */
  public get deployedAfter(): readonly string[] {
    return [...this.earlier].sort();
  }

  /** The account that the environment names, otherwise that of the credentials in use. */
  public get accountId(): string {
    if (this.stackProps.account !== undefined) return this.stackProps.account;
    this.callerIdentity ??= new DataAwsCallerIdentity(this, 'account');
    return this.callerIdentity.accountId;
  }

  /** The permissions boundary that every role of this stack carries, if any. */
  public get permissionsBoundaryArn(): string | undefined {
    const { permissionsBoundary } = this.stackProps;
    return permissionsBoundary === undefined ? undefined : `arn:aws:iam::${this.accountId}:policy/${permissionsBoundary}`;
  }

  /**
   * An output for people: a URL, an endpoint, the exact command for a next step. Never a secret.
   * @throws Error for a value that `terraform output` would print with escapes: a command copied from there would be another one
   */
  public addOutput(name: string, description: string, value: string): void {
    if (/["\\\n]/.test(value)) throw new Error(`the output ${name} contains a character that Terraform escapes: ${value}`);
    new TerraformOutput(this, name, { description, value });
  }

  /**
   * The stack as HCL, for `--hcl`: the values of its JSON, with cdktf's hints about what is a block.
   * @throws UnwritableAsHcl for what only JSON can express
   */
  public override toHclTerraform(): { hcl: string; metadata: Record<string, unknown> } {
    const module = this.toTerraform() as Record<string, unknown>;
    const hints: Record<string, Record<string, unknown>> = { resource: {}, data: {}, provider: {} };
    for (const element of elementsOf(this)) {
      const fragment = element.toHclTerraform() as Record<string, Record<string, unknown> | undefined>;
      for (const [section, known] of Object.entries(hints)) mergeHints(known, fragment[section] ?? {});
    }
    const { '//': metadata, terraform } = module;
    return { hcl: renderHcl(module, hints), metadata: { '//': metadata, terraform } };
  }

  /**
   * Addresses are the construct path joined by `_`, without cdktf's hash: `aws_db_instance.database_primary`.
   * Ids may therefore contain only letters, digits and hyphens, so that no two paths result in one address.
   * `Default` is left out, as in cdktf: the one resource of a construct can have the construct's own address.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const { scopes, path } = TerraformElement.isTerraformElement(element) ? element.node : element;
    const ids = scopes
      .slice(scopes.indexOf(this) + 1)
      .map(({ node }) => node.id)
      .filter((id) => id !== 'Default');
    const nested = ids.length > 1;
    if (nested && ids.some((id) => !/^[A-Za-z0-9-]+$/.test(id))) {
      throw new Error(`construct id in "${path}" may contain only letters, digits and hyphens`);
    }
    const address = ids.join('_');
    const owner = this.addresses.get(address) ?? path;
    if (owner !== path) throw new Error(`"${path}" and "${owner}" would both get the address "${address}"`);
    this.addresses.set(address, path);
    return address;
  }
}

/** The permissions boundary of the stack that contains the construct: its roles carry it, and the pipeline may create no others. */
export function permissionsBoundaryOf(construct: Construct): string | undefined {
  const stack = TerraformStack.of(construct);
  return stack instanceof TerraceStack ? stack.permissionsBoundaryArn : undefined;
}

/** Every element of the stack, parents before their children. */
function elementsOf({ node }: Construct): readonly TerraformElement[] {
  return node.findAll().filter((construct) => TerraformElement.isTerraformElement(construct));
}

/** Collects the hints of elements by type; providers are a list, in the order of the JSON. */
function mergeHints(known: Record<string, unknown>, fragment: Record<string, unknown>): void {
  for (const [type, hint] of Object.entries(fragment)) {
    const earlier = known[type];
    known[type] = Array.isArray(hint)
      ? [...(Array.isArray(earlier) ? (earlier as unknown[]) : []), ...(hint as unknown[])]
      : { ...(earlier as object | undefined), ...(hint as object) };
  }
}

/** For the cdktf command line, which names outputs by their constructs. */
function outputPlace(element: TerraformElement): object {
  if (!TerraformOutput.isTerraformOutput(element)) return {};
  const path = element.node.path.split('/');
  return { outputs: path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), element.friendlyUniqueId) };
}

/** Adds the source to the target, as cdktf does: maps are merged, lists continued, and anything else replaced. */
function merge(target: Record<string, unknown>, source: unknown): Record<string, unknown> {
  for (const [name, value] of Object.entries(source as object)) {
    if (value === undefined) continue;
    const earlier = target[name];
    if (Array.isArray(earlier) && Array.isArray(value)) target[name] = [...(earlier as unknown[]), ...(value as unknown[])];
    else if (isObject(earlier) && isObject(value)) merge(earlier, value);
    else target[name] = value;
  }
  return target;
}
