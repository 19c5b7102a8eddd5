/** What containers may not do or hold. */
import { resourcesOf, type RootModule } from '../../../terraform/root-module';
import { asList, containersOf, isBlock, type Container, type Variable } from './containers';
import type { Judgement, OwnRule } from './rule';
import { looksSecret } from './secret-names';

export const CONTAINER_RULES: readonly OwnRule[] = [
  {
    id: 'OWN_CONTAINER_PRIVILEGED',
    name: 'No container is privileged (FSBP ECS.4)',
    heldAt: 'synth',
    judge: (module) => [
      ...eachContainer(module, ({ privileged }) => (privileged ? 'is privileged: it could do whatever its host can' : undefined)),
      ...composeFiles(module),
    ],
  },
  {
    id: 'OWN_CONTAINER_READ_ONLY_ROOT',
    name: 'No container can write to its own root file system (FSBP ECS.5)',
    heldAt: 'gate',
    judge: (module) =>
      eachContainer(module, ({ readOnlyRoot }) => (readOnlyRoot ? undefined : 'can write to its root file system')),
  },
  {
    id: 'OWN_VARIABLE_SECRET',
    name: 'No secret stands in a variable in plain sight (FSBP ECS.8)',
    heldAt: 'synth',
    judge: (module) => [
      ...eachContainer(module, ({ variables }) => secretsAmong(variables)),
      ...otherVariables(module).map(({ address, variables }) => ({ address, problem: secretsAmong(variables) })),
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

function secretsAmong(variables: readonly Variable[]): string | undefined {
  const names = variables.filter(looksSecret).map(({ name }) => name);
  return names.length === 0 ? undefined : `has a secret in plain sight: ${names.join(', ')}`;
}

/** Functions and builds, which have variables too. */
function otherVariables(module: RootModule): readonly { readonly address: string; readonly variables: readonly Variable[] }[] {
  return resourcesOf(module).flatMap(({ type, address, block }) => {
    if (type !== 'aws_lambda_function' && type !== 'aws_codebuild_project') return [];
    const variables = asList(block.environment).flatMap(({ variables: byName, environment_variable: listed }) => [
      ...Object.entries(isBlock(byName) ? byName : {}).map(([name, value]) => ({ name, value: String(value) })),
      ...asList(listed)
        .filter(({ type: kind }) => kind === undefined || kind === 'PLAINTEXT')
        .map(({ name, value }) => ({ name: String(name), value: String(value) })),
    ]);
    return [{ address, variables }];
  });
}

/** A single host's Compose file travels as text inside an object or the user data. */
function composeFiles(module: RootModule): readonly Judgement[] {
  return resourcesOf(module).flatMap(({ type, address, block }) => {
    if (type !== 'aws_s3_object' && type !== 'aws_instance' && type !== 'aws_launch_template') return [];
    const text = [block.content, block.user_data].filter((part) => typeof part === 'string').join('\n');
    if (text === '') return [];
    const isPrivileged = /(^|\\n|\n)\s*privileged:\s*['"\\]*true/.test(text);
    return [{ address, problem: isPrivileged ? 'a container in its Compose file is privileged' : undefined }];
  });
}
