/** Rules about secrets: declared where they are read, named as Secrets Manager allows, never written in the file. */
import { managed } from '../calculations/placement';
import { loginSecretName, MASTER_LOGIN, secretName, seedSecretName } from '../names';
import { suggest } from '../problems/nearest';
import { secretKeyOf } from '../schema/secret-variables';
import { CONTAINER_SECTIONS, containersOf, located, programsOf, variablesOf } from './located';
import { eachOnce, finding, findingIf, listed, sharedNames } from './finding';
import { nothingInPlainText } from './plain-secret-rule';
import { defineRule, type Finding, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

type Secret = ParsedEnvironment['secrets'][string];

const secretsKnown = defineRule({
  id: 'secret-known',
  severity: 'refusal',
  summary: 'A secret that a container reads is declared, with the JSON key that it reads.',
  reads: ['secrets'],
  also: CONTAINER_SECTIONS,
  check: ({ secrets, ...workloads }) =>
    variablesOf(containersOf(workloads)).flatMap(({ path, value }) => {
      if (typeof value !== 'object' || !('secret' in value)) return [];
      const names = Object.keys(secrets);
      const secret = names.includes(value.secret) ? secrets[value.secret] : undefined;
      if (secret !== undefined) return judgeKey(path, value.secret, value.key, secret);
      return [finding(`${path}.secret`, value.secret, listed(names), suggest(value.secret, names, 'declare it under `secrets`'))];
    }),
});

/** Findings about the key of a declared secret that something takes. */
export function judgeKey(path: string, name: string, key: string | undefined, { keys }: Secret): readonly Finding[] {
  if (keys === undefined) {
    return findingIf(
      key !== undefined,
      `${path}.key`,
      key,
      `no key: the secret "${name}" is one plain string`,
      `remove it, or list it in secrets.${name}.keys`,
    );
  }
  const otherwise = key === undefined ? 'say which of the keys the variable takes' : `list it in secrets.${name}.keys`;
  return findingIf(
    key === undefined || !keys.includes(key),
    `${path}.key`,
    key,
    keys.join(', '),
    suggest(key ?? '', keys, otherwise),
  );
}

const variablesOnce = defineRule({
  id: 'secret-variables',
  severity: 'refusal',
  summary: 'A variable is listed once in `secrets` of a container, and has no other value in its `environment`.',
  reads: [],
  also: CONTAINER_SECTIONS,
  check: (environment) =>
    programsOf(containersOf(environment)).flatMap(({ path, value }) => [
      ...eachOnce(`${path}.secrets`, value.secrets, 'variable'),
      ...value.secrets.flatMap((name) => {
        const other = value.environment[name];
        const same = typeof other === 'object' && 'secret' in other && other.secret === secretKeyOf(name);
        return findingIf(
          !same,
          `${path}.environment.${name}`,
          other,
          `no value: ${path}.secrets injects the secret ${secretKeyOf(name)}`,
          'remove the variable here or there',
        );
      }),
    ]),
});

const readersKnown = defineRule({
  id: 'secret-readers',
  severity: 'refusal',
  summary: 'A reader of a secret is a service, a worker or a job.',
  reads: ['services', 'workers', 'jobs'],
  also: ['secrets'],
  check: ({ secrets, ...workloads }) => {
    const names = containersOf(workloads).map(({ key }) => key);
    return located('secrets', secrets).flatMap(({ path, value }) =>
      value.readers.flatMap((reader, index) =>
        findingIf(
          !names.includes(reader),
          `${path}.readers[${index}]`,
          reader,
          listed(names),
          suggest(reader, names, 'remove it, or declare the workload'),
        ),
      ),
    );
  },
});

const keysDiffer = defineRule({
  id: 'secret-keys',
  severity: 'refusal',
  summary: 'Each JSON key of a secret is listed once.',
  reads: [],
  also: ['secrets'],
  check: ({ secrets }) =>
    located('secrets', secrets).flatMap(({ path, value }) => eachOnce(`${path}.keys`, value.keys ?? [], 'key')),
});

/** The names of all secrets that the environment creates. */
function secretNames({ system, name, secrets, database }: Pick<ParsedEnvironment, 'system' | 'name' | 'secrets' | 'database'>) {
  const environment = { system, name };
  const credentials = managed(database)?.credentials;
  return [
    ...located('secrets', secrets).map(({ key, path, value }) => ({
      path: `${path}.name`,
      name: secretName(environment, key, value.name),
    })),
    ...located('database.roles', database?.roles ?? {}).map(({ key, path, value }) => ({
      path: `${path}.secretName`,
      name: loginSecretName(environment, key, value.secretName),
    })),
    ...(credentials?.kind === 'rotated-secret'
      ? masterSecrets(loginSecretName(environment, MASTER_LOGIN, credentials.secretName))
      : []),
  ];
}

/** The master login and its first password. Pull requests can read the latter, so no other secret may have its name. */
function masterSecrets(login: string) {
  const path = 'database.credentials.secretName';
  return [
    { path, name: login },
    { path, name: seedSecretName(login) },
  ];
}

const namesDiffer = defineRule({
  id: 'secret-names',
  severity: 'refusal',
  summary: 'No two secrets have the same name.',
  reads: ['system', 'name', 'database'],
  also: ['secrets'],
  check: (environment) => sharedNames(secretNames(environment), ({ name }) => name),
});

export const SECRET_RULES: readonly Rule[] = [
  secretsKnown,
  variablesOnce,
  readersKnown,
  keysDiffer,
  namesDiffer,
  nothingInPlainText,
];
