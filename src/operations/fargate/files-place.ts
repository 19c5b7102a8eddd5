/**
 * Scripts that see the files of an environment on Fargate: tasks with the network and the roles of a workload that mounts the folder,
 * because the file system admits roles of tasks only, each through its access point.
 */
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { ResolvedWorkload } from '../../config/resolved/environment';
import { imageReference, PYTHON_IMAGE } from '../../config/tables/third-party-images';
import { accessPointOf, type FilesFolder, type FilesPlace } from '../files-place';
import { checkAccount, type Target } from '../target';
import { jobPlacement, jobStateMachineArn, type JobPlacement } from './job-placement';
import { ENVELOPE, packed, SCRIPT_VARIABLE } from '../script-envelope';
import { filesProblem, workloadWithFiles } from './files-problem';
import { runScriptTask } from './script-task';
import { requiredRevision } from './task-definitions';

/** Where the task has the folder. */
const FOLDER = '/mnt/files';

/** Many small files are read and written at the same time, and a part is in memory. */
const SIZE = { cpu: '1024', memory: '4096' };

/** @throws CommandError where no workload mounts the folder, and while that one is not deployed */
export async function fargateFilesPlace(target: Target, folder: FilesFolder): Promise<FilesPlace> {
  const { environment } = target;
  const { fileSystem, accessPoint } = folder;
  const workload = workloadWithFiles(environment, folder);
  const point = accessPointOf(environment, folder);
  if (workload === undefined || point === undefined)
    throw new CommandError(filesProblem(environment, folder) ?? `${target.name} has no folder ${fileSystem}/${accessPoint}`);
  const { cluster, family, network } = await placementOf(target, workload);
  return {
    name: `a task of ${target.name}`,
    folder: FOLDER,
    owner: { userId: point.userId, groupId: point.groupId },
    run: async (script, options) => {
      const deployed = await requiredRevision(target, family);
      return runScriptTask(
        target,
        {
          cluster,
          network,
          job: deployed.definition,
          container: workload.key,
          define: (secrets) => ({
            ...definitionFor(deployed.definition, { workload, folder, script, secrets }),
            ...(deployed.tags.length === 0 ? {} : { tags: [...deployed.tags] }),
          }),
        },
        options,
      );
    },
  };
}

/** Where the tasks of the workload run. */
async function placementOf(
  target: Target,
  { kind, key, name: family }: ResolvedWorkload,
): Promise<Pick<JobPlacement, 'cluster' | 'family' | 'network'>> {
  const { aws, published, name } = target;
  if (kind === 'job') return jobPlacement(aws, key, jobStateMachineArn(target, await checkAccount(target), key));
  const compute = await published('compute-fargate');
  const service = compute?.services[key] ?? compute?.workers[key];
  if (compute === undefined || service === undefined) throw new CommandError(`${key} of ${name} is not deployed`);
  const { clusterName: cluster } = compute;
  const ecs = await aws.ecs();
  const { services: [found] = [] } = await explained(`looking at the service ${service.name}`, () =>
    ecs.describeServices({ cluster, services: [service.name] }),
  );
  const { subnets, securityGroups } = found?.networkConfiguration?.awsvpcConfiguration ?? {};
  if (subnets === undefined || securityGroups === undefined) throw new CommandError(`the service ${service.name} is not there`);
  return { cluster, family, network: { subnets, securityGroups, assignPublicIp: 'DISABLED' } };
}

interface ScriptTask {
  readonly workload: ResolvedWorkload;
  readonly folder: FilesFolder;
  readonly script: string;
  readonly secrets: NonNullable<NonNullable<TaskDefinition['containerDefinitions']>[number]['secrets']>;
}

/** One container with the volume of the folder, and nothing else of the workload: none of its secrets, variables and sidecars. */
function definitionFor(
  deployed: TaskDefinition,
  { workload, folder: { fileSystem, accessPoint, writes }, script, secrets }: ScriptTask,
): RegisterTaskDefinitionCommandInput {
  const container = deployed.containerDefinitions?.find(({ name }) => name === workload.key);
  const volume = deployed.volumes?.find(({ name }) => name === `${fileSystem}-${accessPoint}`);
  if (container === undefined || volume === undefined)
    throw new CommandError(
      `the task definition of ${workload.key} mounts no ${fileSystem}/${accessPoint}\n  fix   deploy the environment, then run the command again`,
    );
  return {
    family: `${deployed.family ?? ''}-files`,
    executionRoleArn: deployed.executionRoleArn,
    taskRoleArn: deployed.taskRoleArn,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    runtimePlatform: deployed.runtimePlatform,
    ...SIZE,
    volumes: [volume],
    containerDefinitions: [
      {
        name: workload.key,
        image: imageReference(PYTHON_IMAGE),
        essential: true,
        // The access point decides as whom files are read and written.
        user: '0',
        entryPoint: ['sh', '-c'],
        command: [ENVELOPE],
        environment: [{ name: SCRIPT_VARIABLE, value: packed(script) }],
        secrets,
        mountPoints: [{ sourceVolume: volume.name, containerPath: FOLDER, readOnly: !writes }],
        logConfiguration: container.logConfiguration,
      },
    ],
  };
}
