/** One ECS task definition for Fargate with its two roles, of a service, a worker or a job. */
import {
  EcsTaskDefinition,
  type EcsTaskDefinitionEphemeralStorage,
  type EcsTaskDefinitionVolume,
} from '@cdktf/provider-aws/lib/ecs-task-definition';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { Health, Pooler, ResolvedContainer, ResolvedData } from '../../config/resolved/environment';
import type { ResolvedTracing } from '../../config/resolved/observability';
import type { PermissionContext } from '../../modules/containers/permission-statements';
import {
  plainVariables,
  secretVariables,
  variablesOfTask,
  type EnvironmentFacts,
} from '../../modules/containers/variable-values';
import { ServiceRole } from '../../modules/iam/service-role';
import { collectorSidecar, collectorStatements, type CollectorSidecar } from './collector';
import { containerDefinitions, UNITS_PER_VCPU, type ContainerDefinition } from './container-definitions';
import { executionStatements } from './execution-role';
import type { Images, TaskImage } from '../../modules/containers/images';
import { factsFor, poolerSidecar, type PoolerSidecar } from '../../modules/containers/pooler';
import { sidecarDefinition } from './sidecars';
import { protectionStatements, taskStatements, taskTrust } from './task-role';
import { taskVolumes, type TaskVolume } from './task-volumes';

/** What all tasks of an environment share. */
export interface TaskContext extends PermissionContext {
  /** The environment's name; begins the names of roles. */
  readonly environment: string;
  readonly clusterName: string;
  readonly data: Pick<ResolvedData, 'buckets' | 'database' | 'logGroups'>;
  readonly facts: EnvironmentFacts;
  readonly images: Images;
  /** Says whether the environment is to be asleep. @default it never sleeps */
  readonly sleepParameterName?: string;
  /** The log group of commands that are typed in shells. Present when a workload has `exec`. */
  readonly execLogGroupArn?: string;
}

export interface FargateTaskProps {
  readonly context: TaskContext;
  readonly container: ResolvedContainer;
  readonly port?: number;
  readonly health?: Health;
  /** Whether a shell can be opened in it. */
  readonly exec: boolean;
  readonly pooler?: Pooler;
  readonly tracing?: ResolvedTracing;
  /** Whether the container may protect its own task from being stopped while it is busy. @default false */
  readonly protectsItself?: boolean;
}

/** The task definition of one container and its sidecars. */
export class FargateTask extends Construct {
  /** With the latest revision that Terraform knows. */
  public readonly arn: string;
  /** Starts the newest revision. */
  public readonly arnWithoutRevision: string;
  public readonly executionRoleArn: string;
  public readonly taskRoleArn: string;
  /** Every secret that is injected when the task starts, each once. */
  public readonly secretArns: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FargateTaskProps,
  ) {
    super(scope, id);
    const { context, container } = props;
    const image = context.images.find(container.image);
    const pooler = this.pooler();
    const collector = this.collector();
    const definitions = this.definitions(image, pooler, collector);
    const injected = variablesOfTask(container).flatMap((variables) => secretVariables(variables, context.handover));
    this.secretArns = [
      ...new Set([...injected, ...(pooler?.secrets ?? []), ...(collector?.secrets ?? [])].map(({ arn }) => arn)),
    ];

    const sidecarImages = container.sidecars.map((one) => context.images.find(one.image));
    const execution = this.createExecutionRole([image, ...(pooler === undefined ? [] : [pooler.image]), ...sidecarImages]);
    const role = this.createTaskRole();
    const definition = this.createDefinition(definitions, execution, role);
    this.arn = definition.arn;
    this.arnWithoutRevision = definition.arnWithoutRevision;
    this.executionRoleArn = execution.arn;
    this.taskRoleArn = role.arn;
  }

  private pooler(): PoolerSidecar | undefined {
    const { context, container, pooler } = this.props;
    return pooler && poolerSidecar(container, pooler, context.facts, context.handover, context.region);
  }

  private collector(): CollectorSidecar | undefined {
    const { context, container, tracing } = this.props;
    return tracing && collectorSidecar(container, tracing, context.region, context.handover);
  }

  private definitions(
    image: TaskImage,
    pooler: PoolerSidecar | undefined,
    collector: CollectorSidecar | undefined,
  ): readonly ContainerDefinition[] {
    const { context, container, port, health } = this.props;
    const facts = factsFor(context.facts, pooler);
    const variables = plainVariables(container.variables, facts);
    const own = containerDefinitions({
      container,
      image: image.reference,
      region: context.region,
      variables: { ...collector?.variables, ...variables },
      secrets: secretVariables(container.variables, context.handover),
      port,
      health,
      pooler,
      collector,
    });
    const further = container.sidecars.map((one) =>
      sidecarDefinition({
        sidecar: one,
        image: context.images.find(one.image).reference,
        region: context.region,
        variables: plainVariables(one.variables, facts),
        secrets: secretVariables(one.variables, context.handover),
      }),
    );
    return [...own, ...further];
  }

  private createExecutionRole(images: readonly TaskImage[]): ServiceRole {
    const { context, container } = this.props;
    const { group } = container.logs;
    const repositories = images.flatMap(({ repositoryArn }) => (repositoryArn === undefined ? [] : [repositoryArn]));
    const repositoryArns = [...new Set(repositories)];
    const rights = { repositoryArns, logGroupArn: this.logGroupArn(group), secretArns: this.secretArns };
    return new ServiceRole(this, 'execution', {
      name: resourceName(context.environment, `${container.key}-execution`, 'iamRole'),
      description: `Starts the tasks of ${container.key} of ${context.environment}`,
      service: 'ecs-tasks.amazonaws.com',
      trustConditions: taskTrust(context),
      statements: executionStatements(rights, context),
    });
  }

  private logGroupArn(groupName: string): string {
    const { context, container } = this.props;
    const key = context.data.logGroups.find(({ name }) => name === groupName)?.key;
    const group = key === undefined ? undefined : context.handover.logGroups[key];
    if (group === undefined) throw new Error(`${container.key} logs to ${groupName}, which the data stack does not have`);
    return group.arn;
  }

  private createTaskRole(): ServiceRole {
    const { context, container, exec, tracing, protectsItself = false } = this.props;
    return new ServiceRole(this, 'application', {
      name: resourceName(context.environment, `${container.key}-task`, 'iamRole'),
      description: `What ${container.key} of ${context.environment} may do`,
      service: 'ecs-tasks.amazonaws.com',
      trustConditions: taskTrust(context),
      statements: [
        ...taskStatements(container, context, exec ? context.execLogGroupArn : undefined),
        ...(tracing === undefined ? [] : collectorStatements(tracing, this.logGroupArn(tracing.logGroup))),
        ...(protectsItself ? protectionStatements(context) : []),
      ],
    });
  }

  private createDefinition(
    definitions: readonly ContainerDefinition[],
    execution: ServiceRole,
    role: ServiceRole,
  ): EcsTaskDefinition {
    const { container, pooler } = this.props;
    const volumes = taskVolumes(container, pooler !== undefined);
    return new EcsTaskDefinition(this, 'definition', {
      family: container.name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(container.vcpu * UNITS_PER_VCPU),
      memory: String(container.memoryMib),
      ephemeralStorage: ephemeralStorage(container),
      runtimePlatform: {
        operatingSystemFamily: 'LINUX',
        cpuArchitecture: container.architecture === 'arm64' ? 'ARM64' : 'X86_64',
      },
      executionRoleArn: execution.arn,
      taskRoleArn: role.arn,
      containerDefinitions: JSON.stringify(definitions),
      volume: volumes.length === 0 ? undefined : volumes.map((volume) => this.volume(volume)),
      // A revision that a release registered stays; Terraform does not return to its own.
      trackLatest: true,
      // Old revisions stay registered (free of charge): a rollback needs the previous one.
      skipDestroy: true,
      dependsOn: [...execution.grants, ...role.grants],
    });
  }

  private volume({ name, accessPoint }: TaskVolume): EcsTaskDefinitionVolume {
    if (accessPoint === undefined) return { name };
    const fileSystem = this.props.context.handover.fileSystems[accessPoint.fileSystem];
    const point = fileSystem?.accessPoints[accessPoint.key];
    if (fileSystem === undefined || point === undefined) {
      throw new Error(
        `${this.props.container.key} mounts ${accessPoint.fileSystem}/${accessPoint.key}, which the data stack does not have`,
      );
    }
    return {
      name,
      efsVolumeConfiguration: {
        fileSystemId: fileSystem.id,
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: point.id, iam: 'ENABLED' },
      },
    };
  }
}

/** Every task has this disk, and AWS refuses to be asked for it. Source: ECS API reference, EphemeralStorage. */
const INCLUDED_STORAGE_GIB = 20;

function ephemeralStorage({ ephemeralStorageGib = 0 }: ResolvedContainer): EcsTaskDefinitionEphemeralStorage | undefined {
  return ephemeralStorageGib > INCLUDED_STORAGE_GIB ? { sizeInGib: ephemeralStorageGib } : undefined;
}
