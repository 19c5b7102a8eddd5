/** Starts the containers, and PostgreSQL's roles before them; changes only what has to. */
import { databaseRolesSql, rolePasswordVariable } from '../../../config/calculations/database-roles-sql';
import { postgresInContainer, redisInContainer } from './compose';
import { APPLICATION_UNIT, command, PATHS } from './paths';
import { commandFile, configurationFile, lines, script } from './text';
import type { HostDescription, HostFile } from './types';

/** Commands and unit of the Compose project. */
export function applicationFiles(host: HostDescription): readonly HostFile[] {
  const { containers, database } = host;
  const running = containers.filter(({ kind }) => kind !== 'job').map(({ key }) => key);
  const stores = [...(postgresInContainer(host) ? ['postgres'] : []), ...(redisInContainer(host) ? ['redis'] : [])];
  return [
    configurationFile(`${PATHS.settings}/applications`, lines(running)),
    configurationFile(`${PATHS.settings}/data-stores`, lines(stores)),
    START_COMMAND,
    RUN_COMMAND,
    STOP_COMMAND,
    applicationUnit(host),
    ...(database?.placement === 'host' ? databaseFiles(database.name, database.roles) : []),
  ];
}

function databaseFiles(name: string, roles: NonNullable<HostDescription['database']>['roles']): readonly HostFile[] {
  return [
    configurationFile(`${PATHS.settings}/roles.sql`, `${databaseRolesSql(name, roles)}\n`),
    configurationFile(`${PATHS.settings}/role-variables`, lines(roles.map((role) => rolePasswordVariable(role.name)))),
    DATABASE_COMMAND,
  ];
}

/** What is the same as at the last start is left alone: Compose would do so too, but not for nothing on a small host. */
const START_COMMAND = commandFile(
  command('start'),
  script(String.raw`
#!/usr/bin/env bash
# Brings containers up as the Compose file, the images and the secrets say. Changes nothing when nothing changed.
set -euo pipefail
. ${PATHS.library}/common.sh

install -d -m 0700 ${PATHS.runtime}
exec 9> ${PATHS.runtime}/start.lock
flock 9

data_is_there || fail 'the data volume is not mounted'
if [ ! -s ${PATHS.runtime}/superuser-password ]; then
  (umask 077 && openssl rand -hex 32 > ${PATHS.runtime}/superuser-password)
fi
${command('secrets')}
${command('images')}

cd "$APPLICATION_DIRECTORY"
if [ -s ${PATHS.settings}/data-stores ]; then
  if [ "$(xargs docker compose ps --status running --quiet < ${PATHS.settings}/data-stores 2> /dev/null | wc -l)" \
    -lt "$(wc -l < ${PATHS.settings}/data-stores)" ]; then
    xargs docker compose up --detach --wait --quiet-pull < ${PATHS.settings}/data-stores
  fi
fi
if [ -x ${command('database')} ]; then
  ${command('database')}
fi

now=$({ cat compose.yaml .env ./*.env ${PATHS.runtime}/*.env 2> /dev/null || true; } | sha256sum)
if [ "$(cat ${PATHS.runtime}/started 2> /dev/null || true)" = "$now" ]; then
  exit 0
fi
docker compose up --detach --remove-orphans --quiet-pull
printf '%s\n' "$now" > ${PATHS.runtime}/started
`),
);

/** The unit's own process. It ends when the Docker daemon does, and systemd then starts all of it again. */
const RUN_COMMAND = commandFile(
  command('run'),
  script(String.raw`
#!/usr/bin/env bash
# Starts the containers, then writes to the journal what becomes of them until the Docker daemon goes.
set -euo pipefail
. ${PATHS.library}/common.sh

rm -f ${PATHS.runtime}/started
${command('start')}
systemd-notify --ready || true
docker events --filter type=container --filter event=start --filter event=die --filter event=oom
fail 'the Docker daemon went away'
`),
);

/** Not when the watching process ended by itself: then the containers are still there, and stay. */
const STOP_COMMAND = commandFile(
  command('stop'),
  script(String.raw`
#!/usr/bin/env bash
# Stops the containers in order, unless the unit only lost sight of the Docker daemon.
set -euo pipefail
if ! printenv MAINPID > /dev/null; then
  exit 0
fi
. ${PATHS.library}/common.sh
cd "$APPLICATION_DIRECTORY"
docker compose stop
`),
);

function applicationUnit({ system, applicationDirectory }: HostDescription): HostFile {
  return configurationFile(
    `${PATHS.units}/${APPLICATION_UNIT}`,
    script(`
[Unit]
Description=The containers of ${system}
After=docker.service network-online.target terrace-postgres.service terrace-redis.service
Wants=docker.service network-online.target
RequiresMountsFor=${applicationDirectory} /data
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=${command('run')}
ExecReload=${command('start')}
ExecStop=${command('stop')}
Restart=always
RestartSec=10
TimeoutStartSec=20min
TimeoutStopSec=3min

[Install]
WantedBy=multi-user.target
`),
  );
}

/** The same statements as the job `database-init` of a managed database, by the superuser over the socket. */
const DATABASE_COMMAND = commandFile(
  command('database'),
  script(String.raw`
#!/usr/bin/env bash
# Makes the application's database and roles what the environment says. Runs when they or their passwords changed, or with --force.
set -euo pipefail
. ${PATHS.library}/common.sh
. ${PATHS.library}/postgres.sh

now=$(cat ${PATHS.settings}/roles.sql ${PATHS.runtime}/roles.env | sha256sum)
if [ "$*" != --force ] && [ "$(cat ${PATHS.runtime}/roles-applied 2> /dev/null || true)" = "$now" ]; then
  exit 0
fi

set -a
. ${PATHS.runtime}/roles.env
set +a
while IFS= read -r variable; do
  [ -n "$(printenv "$variable")" ] || fail "database: $variable is empty"
done < ${PATHS.settings}/role-variables

if [ -z "$(pg psql -XAtq -d postgres -c "select 1 from pg_database where datname = '$DATABASE_NAME'")" ]; then
  pg createdb "$DATABASE_NAME"
fi
# Results are thrown away: one of them is a password.
pg_roles psql -Xq -o /dev/null -v ON_ERROR_STOP=1 -d "$DATABASE_NAME" < ${PATHS.settings}/roles.sql
printf '%s\n' "$now" > ${PATHS.runtime}/roles-applied
log 'database: roles are up to date'
`),
);
