/** Changes arguments of a resource that Terrace creates. It fails where it would change nothing. */
import { TerraformResource } from 'cdktf';
import { suggest } from '../config/problems/nearest';
import type { TerraceStack } from '../terraform/terrace-stack';
import { isObject } from '../terraform/root-module';
import { ExtensionMistake } from './mistake';

/** Terraform's argument names to values, as in the provider's documentation. */
export type Overrides = Readonly<Record<string, unknown>>;

/** They decide which resources exist, or run programs. */
const FIXED = ['count', 'for_each', 'provider', 'provisioner', 'connection', 'depends_on'];

const LIFECYCLE = ['create_before_destroy', 'ignore_changes', 'replace_triggered_by'];

/**
 * Replaces each of the arguments as a whole; `lifecycle.ignore_changes` is added to what is ignored already.
 * @throws ExtensionMistake when no resource of the stack has the address, or its type has no such argument
 */
export function overrideResource(stack: TerraceStack, type: string, name: string, values: Overrides): void {
  const resource = findResource(stack, type, name);
  const { lifecycle, ...given } = values;
  if (Object.keys(values).length === 0)
    throw new ExtensionMistake(`no argument of ${type}.${name}`, 'at least one argument', 'name what to change, or remove it');
  checkArguments(resource, given);
  if (lifecycle !== undefined) overrideLifecycle(resource, lifecycle);
  const before = argumentsOf(resource);
  Object.assign(resource, { synthesizeAttributes: () => ({ ...before(), ...given }) });
}

function findResource(stack: TerraceStack, type: string, name: string): TerraformResource {
  const ofStack = stack.node.findAll().filter((one) => TerraformResource.isTerraformResource(one));
  const ofType = ofStack.filter((one) => one.terraformResourceType === type);
  const found = ofType.find((one) => one.friendlyUniqueId === name);
  if (found !== undefined) return found;
  if (ofType.length === 0) {
    const types = [...new Set(ofStack.map((one) => one.terraformResourceType))].sort();
    throw new ExtensionMistake(
      `an override of ${type}.${name}, and no resource of this type`,
      `a type of the stack: ${types.join(', ') || 'it has no resource'}`,
      suggest(type, types, 'extend the stack that has the resource, or remove the override'),
    );
  }
  const names = ofType.map((one) => one.friendlyUniqueId).sort();
  throw new ExtensionMistake(
    `an override of ${type}.${name}, and no such resource`,
    `a name of the stack's ${type}: ${names.join(', ')}`,
    suggest(name, names, 'take the name from the address in a plan, or remove the override'),
  );
}

/** The arguments as the bindings write them; every argument of the type has an entry, also when it is not set. */
function argumentsOf(resource: TerraformResource): () => Readonly<Record<string, unknown>> {
  const { synthesizeAttributes } = resource as unknown as { synthesizeAttributes: () => Readonly<Record<string, unknown>> };
  return synthesizeAttributes.bind(resource);
}

function checkArguments(resource: TerraformResource, given: Overrides): void {
  const { terraformResourceType: type, friendlyUniqueId: name } = resource;
  const known = Object.keys(argumentsOf(resource)());
  for (const [argument, value] of Object.entries(given)) {
    if (FIXED.includes(argument))
      throw new ExtensionMistake(
        `${argument} of ${type}.${name}`,
        `arguments of ${type} other than ${FIXED.join(', ')}`,
        'remove it, or create a resource of your own',
      );
    if (!known.includes(argument))
      throw new ExtensionMistake(
        `the argument ${argument} of ${type}.${name}`,
        `an argument of ${type}: ${known.join(', ')}`,
        suggest(argument, known, 'write the name as the documentation of the provider does'),
      );
    if (value === undefined)
      throw new ExtensionMistake(`nothing as ${argument} of ${type}.${name}`, 'a value', 'write the value, or null to unset it');
  }
}

function overrideLifecycle(resource: TerraformResource, lifecycle: unknown): void {
  const { terraformResourceType: type, friendlyUniqueId: name } = resource;
  const wrong = isObject(lifecycle) ? Object.keys(lifecycle).find((key) => !LIFECYCLE.includes(key)) : 'no object';
  if (wrong !== undefined)
    throw new ExtensionMistake(
      `lifecycle of ${type}.${name} with ${wrong}`,
      `an object with ${LIFECYCLE.join(', ')}`,
      wrong === 'prevent_destroy' ? 'set `protect: false` in the description' : 'remove it',
    );
  resource.addOverride('lifecycle', lifecycle);
}
