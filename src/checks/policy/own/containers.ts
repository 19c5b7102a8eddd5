/** The containers of a module: JSON inside a string for ECS, blocks for the Kubernetes provider. */
import { isObject, nestedBlocks, resourcesOf, type Block, type RootModule } from '../../../terraform/root-module';
export interface Container {
  /** The address of the resource that runs it. */
  readonly address: string;
  readonly name: string;
  readonly privileged: boolean;
  readonly readOnlyRoot: boolean;
  /** Variables whose value is in the module. */
  readonly variables: readonly Variable[];
}

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** A description that cannot be parsed: a rule must not pass what it cannot read. */
export interface Unreadable {
  readonly address: string;
  readonly unreadable: true;
}

export function containersOf(module: RootModule): readonly (Container | Unreadable)[] {
  return resourcesOf(module).flatMap(({ type, address, block }) => {
    if (type === 'aws_ecs_task_definition') return ecsContainers(address, block.container_definitions);
    if (type.startsWith('kubernetes_')) return podContainers(address, block);
    return [];
  });
}

function ecsContainers(address: string, text: unknown): readonly (Container | Unreadable)[] {
  const definitions = parseList(text);
  if (definitions === undefined) return [{ address, unreadable: true }];
  return definitions.map((definition) => ({
    address,
    name: String(definition.name),
    privileged: definition.privileged === true,
    readOnlyRoot: definition.readonlyRootFilesystem === true,
    variables: variablesOf(definition.environment),
  }));
}

function parseList(text: unknown): readonly Block[] | undefined {
  try {
    const parsed: unknown = JSON.parse(String(text));
    return Array.isArray(parsed) ? parsed.filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Pods are at different depths in deployments, cron jobs and others. */
function podContainers(address: string, value: unknown): readonly Container[] {
  if (Array.isArray(value)) return value.flatMap((inner) => podContainers(address, inner));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key !== 'container' && key !== 'init_container') return podContainers(address, inner);
    return nestedBlocks(inner).map((container) => {
      const [security = {}] = nestedBlocks(container.security_context);
      return {
        address,
        name: String(container.name),
        privileged: security.privileged === true || security.allow_privilege_escalation === true,
        readOnlyRoot: security.read_only_root_filesystem === true,
        variables: variablesOf(container.env),
      };
    });
  });
}

/** Variables with a value; references to a secret have none. */
function variablesOf(list: unknown): readonly Variable[] {
  return nestedBlocks(list).flatMap(({ name, value }) =>
    typeof name === 'string' && typeof value === 'string' ? [{ name, value }] : [],
  );
}
