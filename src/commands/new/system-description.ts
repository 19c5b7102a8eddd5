/** What every environment of a new system has in common: the object of `system.ts`. */
import { bootstrapStackId } from '../../config/names';
import type { Answers, GithubAnswer, ServiceAnswer } from './answers';
import { commented, section, type Section, type Value } from './description';

/** The name by which an environment's file imports it. */
export const SYSTEM_CONSTANT = 'system';

export function systemDescription(answers: Answers): Section {
  const { system, region, account, domain, services, database, cache, email } = answers;
  const images = services.filter(({ image }) => image === undefined);
  return section(
    {
      system,
      region,
      account: account && commented('Plans with credentials of any other account are refused.', account),
      backend: backend(answers),
      database: database && section({ version: database, name: identifier(system) }),
      images:
        images.length === 0
          ? undefined
          : commented(
              'A repository for each image, and a parameter with the tag that runs.',
              section(Object.fromEntries(images.map(({ name }) => [name, section({})]))),
            ),
      observability: commented(
        'Alarms go here. AWS asks the address to confirm.',
        section({ notifications: section({ emails: [email] }) }),
      ),
      services: section(Object.fromEntries(services.map((service) => [service.name, serviceDescription(service, answers)])), {
        isTall: true,
      }),
    },
    { isTall: true },
  );

  function serviceDescription({ name, port, healthPath, image }: ServiceAnswer, { environments }: Answers): Section {
    const variables = {
      DATABASE_URL: database && section({ databaseRole: 'app', key: 'url' }),
      REDIS_URL: cache && section({ from: 'cache.url' }),
    };
    return section(
      {
        image: image === undefined ? name : section({ pinned: image }),
        // Namespaces of Kubernetes refuse pods that run as root.
        user: environments.some(({ tier }) => tier === 'kubernetes')
          ? commented('User and group in the container. Kubernetes refuses root.', '1000:1000')
          : undefined,
        port,
        health: commented('Answers with 200 when the container can serve requests.', section({ path: healthPath })),
        // With several services, each has its own host, which differs from environment to environment.
        routes: domain !== undefined && services.length === 1 ? [section({})] : undefined,
        environment: commented(
          'Texts, and where other values come from. Secrets: docs/secrets.md.',
          section({ LOG_LEVEL: 'info', ...variables }, { isTall: true }),
        ),
      },
      { isTall: true },
    );
  }
}

/** A name in PostgreSQL has no hyphens. */
function identifier(system: string): string {
  return system.replaceAll('-', '_');
}

function backend({ system, region, backend: answer }: Answers): Value | ReturnType<typeof commented> {
  switch (answer.kind) {
    case 's3':
      return section(
        {
          kind: 's3',
          store: commented(
            `The bucket is created once, by \`npm run deploy -- ${bootstrapStackId(system)}\`.`,
            section({ name: system, region, bucket: answer.bucket, github: answer.github && github(answer.github) }),
          ),
        },
        { isTall: true },
      );
    case 'cloud':
      return section({ kind: 'cloud', organization: answer.organization });
    case 'local':
      return commented('For trying out, by one person: a team needs a state store (docs/state.md).', section({ kind: 'local' }));
  }
}

function github({ owner, repository, ids }: GithubAnswer): ReturnType<typeof commented> {
  return commented(
    'Its workflows plan. What they also apply is a list: docs/ci.md.',
    section({ owner, repository, ownerId: ids?.owner, repositoryId: ids?.repository }),
  );
}
