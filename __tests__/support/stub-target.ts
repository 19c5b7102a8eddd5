/** A deployed environment whose AWS is a set of functions: `{ ecs: { describeServices: () => … } }`. */
import type { AwsClients } from '../../src/aws/clients';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { publishedValues } from '../../src/operations/published-values';
import { targetOf, type Target } from '../../src/operations/target';

/** Service to the answers of its calls. One that is not there fails as AWS does without the right. */
export type StubbedAws = Readonly<Record<string, Readonly<Record<string, (query: any) => unknown>>>>;

export interface StubTargetOptions {
  readonly aws?: StubbedAws;
  /** Kind of a stack to its outputs, as Terraform prints them; others are not deployed. */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The synthesised output. @default a folder that does not exist */
  readonly output?: string;
}

export function stubTarget(
  input: EnvironmentInput,
  { aws = {}, outputs = {}, output = '/none/cdktf.out' }: StubTargetOptions = {},
): Target {
  const environment = parseEnvironment(input);
  const target = targetOf(environment, { output, env: {} });
  return {
    ...target,
    aws: stubAws(aws, environment.identity.region),
    outputs: (kind) => Promise.resolve(outputs[kind]),
    published: (kind) => {
      const values = outputs[kind];
      return Promise.resolve(values === undefined ? undefined : publishedValues(kind, values));
    },
  };
}

/** What AWS answers without the right to a call. */
export function denied(): Error {
  return Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
}

function stubAws(services: StubbedAws, region: string): AwsClients {
  const client = (calls: StubbedAws[string] = {}) =>
    new Proxy(
      { config: { credentials: () => Promise.resolve({ accessKeyId: 'test', secretAccessKey: 'test' }) } },
      {
        get: (own, name: string) => {
          if (name === 'then') return undefined;
          if (name in own) return own[name as keyof typeof own];
          return async (query: unknown) => {
            const answer = calls[name];
            if (answer === undefined) throw denied();
            return (await answer(query)) ?? {};
          };
        },
      },
    );
  const own: Readonly<Record<string, unknown>> = { options: { region }, in: (other: string) => stubAws(services, other) };
  return new Proxy(own, {
    get: (known, name: string) => (name in known ? known[name] : () => Promise.resolve(client(services[name]))),
  }) as unknown as AwsClients;
}
