/** Containers, wherever a module describes them: ECS writes them as JSON inside a string, the Kubernetes provider as blocks. */
import { resourcesOf, type Block, type RootModule } from '../../../terraform/root-module';

/** What the rules want to know of a container. */
export interface Container {
  /** Of the resource that runs it. */
  readonly address: string;
  readonly name: string;
  readonly privileged: boolean;
  readonly readOnlyRoot: boolean;
  /** Name and value of each variable in plain sight. */
  readonly variables: readonly Variable[];
}

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** A description that cannot be read; a rule that cannot see must not say that all is well. */
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
    return Array.isArray(parsed) ? parsed.filter(isBlock) : undefined;
  } catch {
    return undefined;
  }
}

/** Pods stand at different depths in deployments, cron jobs and the like. */
function podContainers(address: string, value: unknown): readonly Container[] {
  if (Array.isArray(value)) return value.flatMap((inner) => podContainers(address, inner));
  if (!isBlock(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key !== 'container' && key !== 'init_container') return podContainers(address, inner);
    return asList(inner).map((container) => {
      const [security = {}] = asList(container.security_context);
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

/** Variables with a value; those that name a secret's place have none. */
function variablesOf(list: unknown): readonly Variable[] {
  return asList(list).flatMap(({ name, value }) =>
    typeof name === 'string' && typeof value === 'string' ? [{ name, value }] : [],
  );
}

/** A block that may stand alone or in a list. */
export function asList(value: unknown): readonly Block[] {
  return (Array.isArray(value) ? value : [value]).filter(isBlock);
}

export function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
