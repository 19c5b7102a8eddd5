/** The contents that plans of a store's environments read, as exact ARNs. Pure. */
import { bucketName, CONFIGURATION_BUCKET_KEY, CONFIGURATION_KEY, imageParameterName, seedSecretName } from '../../config/names';
import type { ResolvedEnvironment } from '../../config/resolved/environment';

export interface ReadableContents {
  /** SSM parameters: which image runs, what is wanted of an environment that sleeps, and those that AWS publishes. */
  readonly parameters: readonly string[];
  /** The configuration of single hosts, which contains no secret. */
  readonly objects: readonly string[];
  /** The secrets with the first passwords of databases. */
  readonly seeds: readonly string[];
}

export function readableContents(environments: readonly ResolvedEnvironment[], account: string): ReadableContents {
  return {
    parameters: [
      'arn:aws:ssm:*::parameter/aws/service/*',
      ...environments.map(({ identity }) => {
        const name = imageParameterName({ system: identity.system, name: identity.environment }, '*');
        return `arn:aws:ssm:${identity.region}:${account}:parameter${name}`;
      }),
      ...environments.flatMap(({ identity, sleep }) =>
        sleep === undefined ? [] : [`arn:aws:ssm:${identity.region}:${account}:parameter${sleep.parameterName}`],
      ),
    ],
    objects: environments
      .filter(({ tier, nextTier }) => [tier, nextTier].some((one) => one?.kind === 'box'))
      .map(({ identity }) => `arn:aws:s3:::${bucketName(identity.environment, CONFIGURATION_BUCKET_KEY)}/${CONFIGURATION_KEY}`),
    seeds: environments.flatMap(({ identity, data: { database } }) => {
      if (database?.placement !== 'managed' || database.credentials.kind !== 'rotated-secret') return [];
      const name = seedSecretName(database.credentials.secretName);
      // Secrets Manager appends a hyphen and six characters to each name.
      return [`arn:aws:secretsmanager:${identity.region}:${account}:secret:${name}-??????`];
    }),
  };
}
