/** Runs the hooks of an environment after its stacks are built, and adds the team's own stacks. */
import { TerraformOutput, TerraformProvider, TerraformResource, type App, type TerraformElement } from 'cdktf';
import { suggest } from '../config/problems/nearest';
import type { ResolvedEnvironment } from '../config/resolved/environment';
import { READS } from '../contracts/readers';
import { kindOf, OWN_STACK, type StackKind } from '../contracts/stack-kinds';
import type { AnyHook, ReadExtensions } from '../extend/extensions';
import { ExtensionMistake, RefusedExtension, refusalOf } from '../extend/mistake';
import { EXTENSION_SCOPE, StackExtension } from '../extend/stack-extension';
import { REFRESH_ACTIONS } from '../modules/bootstrap/refresh-actions';
import { publishedBy, type Published } from '../terraform/handover';
import { allowProviderVersions, PROVIDER_VERSIONS } from '../terraform/provider-versions';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

export interface ExtendProps {
  readonly environment: ResolvedEnvironment;
  readonly extensions: ReadExtensions;
  /** What `domain` reads: the domain stack, or the stack of a shared zone. */
  readonly domain?: Published<object>;
  /** The frame of a stack of the environment. */
  readonly stackProps: (kind: StackKind) => TerraceStackProps;
}

/** @throws RefusedExtension for the first hook that fails or extends no stack of the environment */
export function extendStacks(app: App, { environment, extensions, domain, stackProps }: ExtendProps): void {
  const { environment: name } = environment.identity;
  const stacks = stacksByKind(app);
  const published = publishedByKind(stacks, domain);
  for (const [kind, hook] of extensions.hooks) {
    const stack = stacks.get(kind);
    if (stack === undefined) throw noSuchStack(name, kind, [...stacks.keys()]);
    const readable = [kind, ...(READS.get(kind as StackKind) ?? [])];
    extend(stack, `extend.${kind}`, hook, readable);
  }
  for (const [own, hook] of extensions.own) {
    const stack = new TerraceStack(app, stackProps(`${OWN_STACK}${own}`));
    extend(stack, `extend.own.${own}`, hook, [...published.keys()]);
  }

  function extend(stack: TerraceStack, path: string, hook: AnyHook, readable: readonly string[]): void {
    try {
      const before = productElements(stack);
      const extension = new StackExtension(stack, name);
      const outputs = readableOutputs(stack, published, readable);
      refusePromise(hook(extension, outputs as never, environment));
      checkScope(before, productElements(stack));
      checkContents(stack, extension);
    } catch (error) {
      throw refusalOf(error, name, path, stack.state.stackId);
    }
  }

  function checkContents(stack: TerraceStack, extension: StackExtension): void {
    const added = extension.node.findAll();
    const resources = added.filter((one) => TerraformResource.isTerraformResource(one));
    if (stack.state.stackId.startsWith(`${name}-${OWN_STACK}`) && resources.length === 0)
      throw new ExtensionMistake('no resource', 'at least one resource: an empty stack is not written', 'remove the stack');
    for (const resource of resources) checkResource(resource, stack);
    for (const provider of added.filter((one) => TerraformProvider.isTerraformProvider(one))) {
      const { terraformResourceType: type } = provider;
      if (type in PROVIDER_VERSIONS) allowProviderVersions(stack, type as keyof typeof PROVIDER_VERSIONS);
    }
  }

  /** What a workflow could neither plan nor apply. */
  function checkResource(resource: TerraformResource, stack: TerraceStack): void {
    const { terraformResourceType: type, friendlyUniqueId } = resource;
    const isPlanned = environment.backend.kind === 's3' && environment.backend.store.github !== undefined;
    if (isPlanned && type.startsWith('aws_') && !(type in REFRESH_ACTIONS) && !extensions.refreshActions.has(type))
      throw new ExtensionMistake(
        `${type}.${friendlyUniqueId}, of a type that the plan role cannot refresh`,
        `types of Terrace, and those in extend.refreshActions: ${[...extensions.refreshActions.keys()].join(', ') || 'none'}`,
        `add refreshActions: { ${type}: [...] } with the actions that the provider calls when it reads it: docs/extending.md`,
      );
    const isRole = type === 'aws_iam_role';
    const { permissionsBoundaryInput } = resource as { permissionsBoundaryInput?: string };
    if (isRole && stack.permissionsBoundaryArn !== undefined && permissionsBoundaryInput === undefined)
      throw new ExtensionMistake(
        `${type}.${friendlyUniqueId} without a permissions boundary`,
        'roles with the boundary of the environment: its apply role may create no others',
        'permissionsBoundary: extension.permissionsBoundaryArn',
      );
  }
}

function stacksByKind(app: App): ReadonlyMap<string, TerraceStack> {
  const stacks = app.node.children.filter((child) => child instanceof TerraceStack);
  return new Map(stacks.flatMap((stack) => [[kindOf(stack.state.stackId) ?? '', stack] as const]));
}

function publishedByKind(
  stacks: ReadonlyMap<string, TerraceStack>,
  domain: Published<object> | undefined,
): ReadonlyMap<string, Published<object>> {
  const found = [...stacks].flatMap(([kind, stack]) => {
    const published = publishedBy(stack);
    return published === undefined ? [] : [[kind, published] as const];
  });
  return new Map<string, Published<object>>([...(domain === undefined ? [] : [['domain', domain] as const]), ...found]);
}

/** One property for each stack, read when it is used, because reading one makes the stack deploy later. */
function readableOutputs(
  stack: TerraceStack,
  published: ReadonlyMap<string, Published<object>>,
  readable: readonly string[],
): object {
  const existing = [...published.keys()].filter((kind) => readable.includes(kind));
  return new Proxy(
    {},
    {
      get: (_, kind) => {
        const found = existing.includes(String(kind)) ? published.get(String(kind)) : undefined;
        if (found !== undefined) return found.in(stack);
        throw new ExtensionMistake(
          `outputs of "${String(kind)}"`,
          `outputs that this stack may read in this environment: ${existing.join(', ') || 'none'}`,
          suggest(String(kind), existing, 'read them in a later stack, or in one of your own'),
        );
      },
      has: (_, kind) => existing.includes(String(kind)),
      ownKeys: () => existing,
      getOwnPropertyDescriptor: (_, kind) =>
        existing.includes(String(kind)) ? { configurable: true, enumerable: true, writable: false } : undefined,
    },
  );
}

/** Resources, providers and outputs of a stack outside of the scope of extensions. */
function productElements(stack: TerraceStack): ReadonlySet<TerraformElement> {
  const elements = stack.node
    .findAll()
    .filter(
      (one): one is TerraformElement =>
        TerraformResource.isTerraformResource(one) ||
        TerraformProvider.isTerraformProvider(one) ||
        TerraformOutput.isTerraformOutput(one),
    );
  return new Set(elements.filter(({ node }) => node.scopes[2]?.node.id !== EXTENSION_SCOPE));
}

function checkScope(before: ReadonlySet<TerraformElement>, after: ReadonlySet<TerraformElement>): void {
  const changed = [...after].find((one) => !before.has(one)) ?? [...before].find((one) => !after.has(one));
  if (changed === undefined) return;
  throw new ExtensionMistake(
    `"${changed.node.path}" ${after.has(changed) ? 'created outside of the scope of extensions' : 'removed'}`,
    'new constructs whose scope is `extension`, which leave those of Terrace where they are',
    'pass `extension` as the first argument of the construct',
  );
}

function refusePromise(returned: unknown): void {
  if (!(returned instanceof Promise)) return;
  // Its own error would end the program.
  returned.catch(() => undefined);
  throw new ExtensionMistake(
    'a promise',
    'a hook that is finished when it returns',
    'remove `async`, and read files with readFileSync',
  );
}

function noSuchStack(environment: string, kind: string, kinds: readonly string[]): RefusedExtension {
  return new RefusedExtension(environment, {
    path: `extend.${kind}`,
    received: `a hook for the stack "${kind}"`,
    allowed: `a stack of this environment: ${kinds.join(', ')}; or own, refreshActions`,
    fix: suggest(kind, kinds, 'remove the hook, or name another stack; stacks of your own are in `own`'),
  });
}
