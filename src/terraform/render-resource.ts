/**
 * What a resource says, as cdktf renders it, in half of the time: cdktf passes every meta-argument through regular expressions and
 * merges, whether it has a value or not.
 */
import { TerraformResource, type TerraformElement } from 'cdktf';

/** How cdktf marks what an iterator makes of a block. */
const DYNAMIC_BLOCK = Symbol.for('cdktf/TerraformDynamicBlock');

/** What cdktf reads of a resource, and keeps from others. */
interface Rendered {
  readonly synthesizeAttributes: () => Record<string, unknown>;
  readonly constructNodeMetadata: object;
}

/**
 * `element.toTerraform()`, apart from arguments without a value. What resources seldom have is left to cdktf.
 * @param metadata `element.toMetadata()`, which names overrides, moves and imports
 */
export function renderElement(element: TerraformElement, metadata: object): object {
  if (!TerraformResource.isTerraformResource(element) || !isPlain(element, metadata)) return element.toTerraform() as object;
  const { synthesizeAttributes, constructNodeMetadata } = element as unknown as Rendered;
  const attributes = synthesizeAttributes.call(element);
  if (Object.values(attributes).some(hasDynamicBlock)) return element.toTerraform() as object;
  const { terraformResourceType, friendlyUniqueId, dependsOn, provider } = element;
  if (dependsOn !== undefined) attributes.depends_on = dependsOn;
  if (provider !== undefined) attributes.provider = provider.fqn;
  attributes['//'] = constructNodeMetadata;
  return { resource: { [terraformResourceType]: { [friendlyUniqueId]: attributes } } };
}

function isPlain(resource: TerraformResource, metadata: object): boolean {
  const { count, forEach, lifecycle, provisioners, connection } = resource;
  const others = [count, forEach, lifecycle, provisioners, connection, ...(Object.values(metadata) as unknown[])];
  return rendererOf(resource) === BY_CDKTF && others.every((value) => value === undefined);
}

/** A class of a team's own may render itself. */
const rendererOf = (resource: TerraformResource): unknown => (resource as unknown as Record<string, unknown>).toTerraform;

const BY_CDKTF = rendererOf(TerraformResource.prototype);

/** As cdktf looks for them: in objects, not in lists. */
function hasDynamicBlock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (DYNAMIC_BLOCK in value) return true;
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).some(hasDynamicBlock);
}
