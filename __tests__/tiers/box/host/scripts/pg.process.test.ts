/** How the host reaches PostgreSQL: the same command in a container, as a package, and on RDS. */
import type { HostDescription } from '../../../../../src/tiers/box/host/types';
import { FakeSystem } from '../../../../support/fake-system';
import { MANAGED, WITH_CONTAINERS, WITH_PACKAGES } from '../../../../support/host-examples';
import { said, toolTest } from '../../../../support/host-tools';

/** What `terrace-pg psql shop` calls. */
function calls(description: HostDescription): readonly string[] {
  const system = new FakeSystem(description);
  const result = system.root.command('pg', ['psql', 'shop']);
  const made = system.takeCalls();
  system.root.remove();
  expect({ status: result.status, said: said(result) }).toEqual({ status: 0, said: '' });
  return made;
}

toolTest('in its container, as the superuser', ['bash'], () => {
  expect(calls(WITH_CONTAINERS)).toEqual(['docker exec --interactive --user postgres terrace-postgres psql shop']);
});

toolTest('as a package, as the superuser', ['bash'], () => {
  expect(calls(WITH_PACKAGES)).toEqual(['runuser --user postgres -- psql shop']);
});

toolTest('on RDS, over TLS with the login of the master, by programs of the same version', ['bash'], () => {
  expect(calls(MANAGED)).toEqual([
    'docker run --rm --interactive --network host --env-file /run/terrace/master.env --env PGHOST=db.example.internal ' +
      '--env PGPORT=5432 --env PGSSLMODE=verify-full --env PGSSLROOTCERT=/run/rds.pem ' +
      '--volume /etc/terrace/rds.pem:/run/rds.pem:ro public.ecr.aws/docker/library/postgres:15-alpine psql shop',
  ]);
});
