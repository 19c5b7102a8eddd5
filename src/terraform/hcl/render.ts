/**
 * A root module as HCL: the values of its Terraform JSON, as blocks or attributes according to cdktf's type hints.
 *
 * cdktf 0.21's own renderer is not used. It leaves quotes unescaped in strings with references, writes any string that
 * starts with a bracket as code, writes `required_version` as `0 = "required_version"` and drops overrides of the stack.
 * A value without a type hint is refused, never guessed.
 */
import { isObject, type Block } from '../root-module';
import { attributeName, expression, indent, references } from './expression';

/** A stack that only JSON can express. */
export class UnwritableAsHcl extends Error {
  constructor(
    /** Such as `aws_wafv2_web_acl.main.rule`. */
    public readonly path: string,
    reason: string,
  ) {
    super(`${path}: ${reason}`);
    this.name = 'UnwritableAsHcl';
  }
}

/** Untyped in the bindings; the provider's documentation has only blocks there. */
const BLOCKS_ALL_THE_WAY_DOWN: ReadonlySet<string> = new Set([
  'aws_wafv2_web_acl.rule.statement',
  'aws_wafv2_rule_group.rule.statement',
]);

/** A provider whose resources have no blocks: nested values are attributes (`filter = {}`), although cdktf calls them blocks. */
const ATTRIBUTES_ONLY = 'cloudflare_';

/** cdktf's type hint for one attribute of a resource. */
interface Hint {
  readonly value: unknown;
  readonly isBlock: boolean;
}

/**
 * Renders a root module.
 * @param module the stack's Terraform JSON, tokens resolved
 * @param hints the same tree as cdktf's elements render it for HCL, for `resource`, `data` and `provider`
 * @throws UnwritableAsHcl
 */
export function renderHcl(module: Block, hints: Block): string {
  const blocks = Object.entries(module).flatMap(([section, content]) => renderSection(section, content, hints[section]));
  return `${blocks.join('\n\n')}\n`;
}

function renderSection(section: string, content: unknown, hints: unknown): string[] {
  switch (section) {
    case '//':
      return [];
    case 'terraform':
      return [block('terraform', renderSettings(asObject(content)))];
    case 'provider':
      return labelled(content, hints).flatMap(([name, instances, hint]) =>
        asList(instances).map((instance, index) =>
          block(`provider "${name}"`, renderBody(asObject(instance), asList(hint)[index], name, name)),
        ),
      );
    case 'resource':
    case 'data':
    case 'ephemeral':
      return labelled(content, hints).flatMap(([type, instances, hint]) =>
        labelled(instances, hint).map(([id, body, bodyHint]) =>
          block(`${section} "${type}" "${id}"`, renderBody(asObject(body), bodyHint, `${type}.${id}`, type)),
        ),
      );
    case 'output':
      return labelled(content, undefined).map(([name, body]) =>
        block(`output "${name}"`, renderPlain(asObject(body), `output.${name}`)),
      );
    case 'locals':
      return [block('locals', renderPlain(asObject(content), 'locals'))];
    case 'moved':
      return asList(content).map((move) => block('moved', renderReferences(asObject(move))));
    default:
      throw new UnwritableAsHcl(section, `Terrace writes no HCL for ${section} blocks`);
  }
}

/** The `terraform` block: versions are attributes, the backend is a block. */
function renderSettings(settings: Block): string[] {
  return Object.entries(settings).map(([name, value]) => {
    switch (name) {
      case 'required_providers':
        return block(name, renderPlain(asObject(value), name));
      case 'cloud':
        return block(name, renderState(asObject(value)));
      case 'backend':
        return Object.entries(asObject(value))
          .map(([kind, inner]) => block(`backend "${kind}"`, renderState(asObject(inner))))
          .join('\n');
      default:
        return attribute(name, value, `terraform.${name}`);
    }
  });
}

function renderState(state: Block): string[] {
  return Object.entries(state).map(([name, value]) =>
    name === 'workspaces' ? block(name, renderPlain(asObject(value), name)) : attribute(name, value, `state.${name}`),
  );
}

/** The body of a resource: meta-arguments, arguments with a type hint, and overrides. */
function renderBody(body: Block, hints: unknown, path: string, schemaPath: string): string[] {
  return Object.entries(body).flatMap(([name, value]) => {
    const here = `${path}.${name}`;
    switch (name) {
      case '//':
        return [];
      case 'depends_on':
        return [`${name} = ${references(value)}`];
      case 'provider':
        // The encryption of an EKS cluster has a block of this name; the meta-argument is a reference.
        return typeof value === 'string'
          ? [`${name} = ${references(value)}`]
          : renderArgument(name, value, hintAt(hints, name), here, `${schemaPath}.${name}`);
      case 'lifecycle':
        return [block(name, renderLifecycle(asObject(value), here))];
      case 'dynamic':
      case 'connection':
      case 'provisioner':
        throw new UnwritableAsHcl(here, `Terrace writes no HCL for ${name} blocks`);
      default:
        return renderArgument(name, value, hintAt(hints, name), here, `${schemaPath}.${name}`);
    }
  });
}

function renderArgument(name: string, value: unknown, hint: Hint | undefined, path: string, schemaPath: string): string[] {
  if (schemaPath.startsWith(ATTRIBUTES_ONLY)) return [attribute(name, value, path)];
  if (BLOCKS_ALL_THE_WAY_DOWN.has(schemaPath)) return renderBlocksOnly(name, value, path);
  if (hint?.isBlock === true) return renderTypedBlocks(name, value, hint.value, path, schemaPath);
  // The configuration of a remote state is an attribute with a map; cdktf has no hint for it.
  if (hint === undefined && holdsObjects(value) && schemaPath !== 'terraform_remote_state.config') {
    throw new UnwritableAsHcl(path, 'cdktf has no hint whether this is a block or a map');
  }
  return [attribute(name, value, path)];
}

function renderTypedBlocks(name: string, value: unknown, hint: unknown, path: string, schemaPath: string): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) throw new UnwritableAsHcl(path, 'HCL cannot express an empty list of blocks');
    return value.map((inner, index) =>
      block(name, renderBody(asObject(inner, path), Array.isArray(hint) ? hint[index] : hint, path, schemaPath)),
    );
  }
  return [block(name, renderBody(asObject(value, path), Array.isArray(hint) ? hint[0] : hint, path, schemaPath))];
}

function renderBlocksOnly(name: string, value: unknown, path: string): string[] {
  if (!holdsObjects(value)) return [attribute(name, value, path)];
  const instances = Array.isArray(value) ? value : [value];
  return instances.map((instance) =>
    block(
      name,
      Object.entries(asObject(instance, path)).flatMap(([inner, content]) =>
        renderBlocksOnly(inner, content, `${path}.${inner}`),
      ),
    ),
  );
}

function renderLifecycle(lifecycle: Block, path: string): string[] {
  return Object.entries(lifecycle).flatMap(([name, value]) => {
    switch (name) {
      case 'ignore_changes':
      case 'replace_triggered_by':
        return [`${name} = ${references(value)}`];
      case 'precondition':
      case 'postcondition':
        return asList(value).map((condition) => block(name, renderPlain(asObject(condition), `${path}.${name}`)));
      default:
        return [attribute(name, value, `${path}.${name}`)];
    }
  });
}

function renderReferences(body: Block): string[] {
  return Object.entries(body).map(([name, value]) => `${name} = ${references(value)}`);
}

/** A block that contains only attributes. */
function renderPlain(body: Block, path: string): string[] {
  return Object.entries(body).map(([name, value]) =>
    name === 'depends_on' ? `${name} = ${references(value)}` : attribute(name, value, `${path}.${name}`),
  );
}

function attribute(name: string, value: unknown, path: string): string {
  if (attributeName(name) === undefined) throw new UnwritableAsHcl(path, `"${name}" is not an HCL identifier`);
  return `${name} = ${expression(value)}`;
}

function block(header: string, body: readonly string[]): string {
  return body.length === 0 ? `${header} {\n}` : `${header} {\n${indent(body.join('\n'))}\n}`;
}

function holdsObjects(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsObjects);
  return typeof value === 'object' && value !== null;
}

function hintAt(hints: unknown, name: string): Hint | undefined {
  const hint = typeof hints === 'object' && hints !== null ? (hints as Block)[name] : undefined;
  if (typeof hint !== 'object' || hint === null || !('value' in hint)) return undefined;
  // Hints of providers are in snake case, those of resources are not.
  const isBlock = 'isBlock' in hint ? hint.isBlock : 'is_block' in hint ? hint.is_block : undefined;
  return typeof isBlock === 'boolean' ? { value: hint.value, isBlock } : undefined;
}

function labelled(content: unknown, hints: unknown): readonly (readonly [string, unknown, unknown])[] {
  const known = typeof hints === 'object' && hints !== null ? (hints as Block) : {};
  return Object.entries(asObject(content)).map(([label, inner]) => [label, inner, known[label]] as const);
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function asObject(value: unknown, path = 'the module'): Block {
  if (isObject(value)) return value;
  throw new UnwritableAsHcl(path, `expected a block, found ${JSON.stringify(value)}`);
}
