/** Rules about containers and their environment variables. */
import type { AcceptedText } from '../../../config/calculations/plain-secrets';
import { isObject, nestedBlocks, resourcesOf, type RootModule } from '../../../terraform/root-module';
import { containersOf, type Container, type Variable } from './containers';
import type { Judgement, OwnRule } from './rule';
import { looksSecret } from './secret-names';

export const CONTAINER_RULES: readonly OwnRule[] = [
  {
    id: 'OWN_CONTAINER_PRIVILEGED',
    name: 'No container is privileged (FSBP ECS.4)',
    heldAt: 'synth',
    judge: (module) => [
      ...eachContainer(module, ({ privileged }) => (privileged ? 'is privileged: it has the rights of its host' : undefined)),
      ...composeFiles(module),
    ],
  },
  {
    id: 'OWN_CONTAINER_READ_ONLY_ROOT',
    name: 'Every container has a read-only root file system (FSBP ECS.5)',
    heldAt: 'gate',
    judge: (module) =>
      eachContainer(module, ({ readOnlyRoot }) => (readOnlyRoot ? undefined : 'can write to its root file system')),
  },
  {
    id: 'OWN_VARIABLE_SECRET',
    name: 'No environment variable holds a secret in plain text (FSBP ECS.8)',
    heldAt: 'synth',
    judge: (module, { accepted }) => [
      ...eachContainer(module, ({ variables }) => secretsAmong(variables, accepted)),
      ...otherVariables(module).map(({ address, variables }) => ({ address, problem: secretsAmong(variables, accepted) })),
    ],
  },
];

function eachContainer(module: RootModule, problemOf: (container: Container) => string | undefined): readonly Judgement[] {
  return containersOf(module).map((container) => {
    if ('unreadable' in container) return { address: container.address, problem: 'its containers cannot be read' };
    const problem = problemOf(container);
    return { address: container.address, problem: problem && `the container ${container.name} ${problem}` };
  });
}

function secretsAmong(variables: readonly Variable[], accepted: readonly AcceptedText[]): string | undefined {
  const names = variables.filter((variable) => looksSecret(variable, accepted)).map(({ name }) => name);
  return names.length === 0 ? undefined : `has a secret in plain text: ${names.join(', ')}`;
}

/** The variables of Lambda functions and CodeBuild projects. */
function otherVariables(module: RootModule): readonly { readonly address: string; readonly variables: readonly Variable[] }[] {
  return resourcesOf(module).flatMap(({ type, address, block }) => {
    if (type !== 'aws_lambda_function' && type !== 'aws_codebuild_project') return [];
    const variables = nestedBlocks(block.environment).flatMap(({ variables: byName, environment_variable: listed }) => [
      ...Object.entries(isObject(byName) ? byName : {}).map(([name, value]) => ({ name, value: String(value) })),
      ...nestedBlocks(listed)
        .filter(({ type: kind }) => kind === undefined || kind === 'PLAINTEXT')
        .map(({ name, value }) => ({ name: String(name), value: String(value) })),
    ]);
    return [{ address, variables }];
  });
}

/** The Compose file of a single host is text inside an S3 object or user data. */
function composeFiles(module: RootModule): readonly Judgement[] {
  return resourcesOf(module).flatMap(({ type, address, block }) => {
    if (type !== 'aws_s3_object' && type !== 'aws_instance' && type !== 'aws_launch_template') return [];
    const text = [block.content, block.user_data].filter((part) => typeof part === 'string').join('\n');
    if (text === '') return [];
    const isPrivileged = /(^|\\n|\n)\s*privileged:\s*['"\\]*true/.test(text);
    return [{ address, problem: isPrivileged ? 'a container in its Compose file is privileged' : undefined }];
  });
}
