/** Declares and injects what containers list in `secrets`. Pure. */
import { mapValues } from '../calculations/records';
import { secretKeyOf } from './secret-variables';
import type { ReadableSections } from './sections';
import { secretSchema } from './storage';

const SECTIONS = ['services', 'workers', 'jobs'] as const;

type Sections = ReadableSections['intact'];
type Declared = NonNullable<Sections['secrets']>;

/**
 * Puts each variable of a container's `secrets` into its `environment`, and declares the secrets that `secrets` of the environment
 * does not. What a person has written there remains: a declared secret keeps its settings, a variable its value.
 */
export function withSecretVariables({ intact, remains }: ReadableSections): ReadableSections {
  const variables = [...variablesOf(intact), ...variablesOf(remains)];
  const declared: Declared = Object.fromEntries(
    variables.map((name) => [secretKeyOf(name), secretSchema.parse({ description: `The variable ${name}` })]),
  );
  const add = (sections: Sections): Sections => ({ ...sections, ...injected(sections), ...declaring(sections, declared) });
  return { intact: add(intact), remains: add(remains) };
}

function declaring({ secrets }: Sections, declared: Declared): Sections {
  return secrets === undefined ? {} : { secrets: { ...declared, ...secrets } };
}

/** Everything in the sections that may list variables. */
function variablesOf(sections: Sections): readonly string[] {
  const containers = SECTIONS.flatMap((section) => Object.values<Container>(sections[section] ?? {}));
  return containers.flatMap(({ secrets, sidecars = {} }) => [
    ...secrets,
    ...Object.values(sidecars).flatMap((sidecar) => sidecar.secrets),
  ]);
}

function injected({ services, workers, jobs }: Sections): Sections {
  return {
    ...(services === undefined ? {} : { services: mapValues(services, inOne) }),
    ...(workers === undefined ? {} : { workers: mapValues(workers, inOne) }),
    ...(jobs === undefined ? {} : { jobs: mapValues(jobs, inOne) }),
  };
}

interface Container {
  readonly secrets: readonly string[];
  readonly environment: Readonly<Record<string, unknown>>;
  readonly sidecars?: Readonly<Record<string, Omit<Container, 'sidecars'>>>;
}

function inOne<C extends Container>(container: C): C {
  const values = container.secrets.map((name) => [name, { secret: secretKeyOf(name) }] as const);
  return {
    ...container,
    environment: { ...Object.fromEntries(values), ...container.environment },
    ...(container.sidecars === undefined ? {} : { sidecars: mapValues(container.sidecars, inOne) }),
  };
}
