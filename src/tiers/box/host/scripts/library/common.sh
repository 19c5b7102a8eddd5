# shellcheck shell=bash
# shellcheck disable=SC2034 # the scripts that source this file use the variables
# The start of every command: paths, the settings of this host, and shared functions. Sourced, not run.

# Variables
COMMANDS=/usr/local/sbin
LIBRARY=/usr/local/lib/terrace
SETTINGS=/etc/terrace
UNITS=/etc/systemd/system
RUNTIME=/run/terrace
STATE=/var/lib/terrace
RELEASES=/var/lib/terrace/releases
SECOND_PORTS=/var/lib/terrace/second-ports
WEBROOT=/var/www/terrace
DATA_DIRECTORY=/data
BACKUPS=/data/backups
LETS_ENCRYPT=/data/letsencrypt
CERTIFICATES=/data/tls
POSTGRES_DATA=/data/postgres
REDIS_DATA=/data/redis
APPLICATION_UNIT=terrace-app.service
# The image of a container in `.env` as long as there is none: Compose reads no file in which a service has no image.
NO_IMAGE=terrace.invalid/no-image
# The status of `terrace-start` if it started everything that has its image and its secrets, and the rest does not.
INCOMPLETE=75
# The status of `terrace-start` if another run is active.
BUSY=76

# shellcheck source=/dev/null
. "$SETTINGS/boot.env"
# shellcheck source=/dev/null
. "$SETTINGS/host.env"
PATH=$PATH:/snap/bin
AWS_DEFAULT_REGION=$REGION
AWS_PAGER=
export PATH AWS_DEFAULT_REGION AWS_PAGER

# Programs that run as another user need a working directory that this user may enter.
cd /

log() {
  printf '%s\n' "$*"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The value of a variable of the Compose file: name.
value_of() {
  sed -n "s/^$1=//p" "$APPLICATION_DIRECTORY/.env" 2> /dev/null || true
}

# Sets a variable of the Compose file, in one step; without a value, removes it: name, value.
set_variable() {
  local file=$APPLICATION_DIRECTORY/.env
  if [ "$#" -eq 2 ] && [ "$(value_of "$1")" = "$2" ]; then
    return 0
  fi
  (
    flock 5
    {
      grep -v "^$1=" "$file" 2> /dev/null || true
      [ "$#" -eq 1 ] || printf '%s=%s\n' "$1" "$2"
    } > "$file.new"
    chmod 0644 "$file.new"
    mv -f "$file.new" "$file"
  ) 5> "$RUNTIME/env.lock"
}

# Publishes one metric: name, value, unit.
publish() {
  aws cloudwatch put-metric-data --namespace "$METRICS_NAMESPACE" --dimensions "Environment=$ENVIRONMENT" \
    --metric-name "$1" --value "$2" --unit "$3"
}

# Runs a command if one of the files has changed since the command last succeeded: step, command, files.
when_changed() {
  local step=$1 action=$2 mark now
  shift 2
  mark=$STATE/$step
  now=$(sha256sum "$@")
  if [ -f "$mark" ] && [ "$(< "$mark")" = "$now" ]; then
    return 0
  fi
  log "$step"
  # A failing function ends the script here, unless the caller handles failures (`when_changed … || …`): then errexit is off.
  "$action"
  local status=$?
  [ "$status" -eq 0 ] || return "$status"
  printf '%s\n' "$now" > "$mark"
}

# Creates a directory in memory, prints its path, and removes those of killed runs, secrets among them: name. Needs a lock.
make_work() {
  rm -rf -- "$RUNTIME/$1".??????
  mktemp -d "$RUNTIME/$1.XXXXXX"
}

# Whether a status is one of these: status, list of numbers and ranges such as 200,202-204.
is_one_of() {
  local range
  for range in ${2//,/ }; do
    if [ "$1" -ge "${range%-*}" ] && [ "$1" -le "${range#*-}" ]; then
      return 0
    fi
  done
  return 1
}

# The status of an answer, 0 without a complete one: URL, seconds.
status_of() {
  local status
  status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time "$2" "$1" < /dev/null) || status=0
  printf '%s' "$status"
}

# The port on which a service runs now: key, port, second port or -.
current_port() {
  if [ -e "$SECOND_PORTS/$1" ] && [ "$3" != - ]; then
    printf '%s' "$3"
  else
    printf '%s' "$2"
  fi
}

# Succeeds if the data volume is mounted, or if the host has none.
data_is_mounted() {
  [ -z "$DATA_VOLUME_ID" ] || mountpoint --quiet "$DATA_DIRECTORY"
}
