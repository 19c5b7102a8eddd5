# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the scripts that source this file read `problem`, and set the settings of a service
# Whether new containers are healthy, by the health settings of their service. Sourced, not run. Each function sets `problem` to
# the reason if they are not.

# Variables
# A worker has no health path: it must run for this long.
WORKER_SECONDS=10

# Whether a new container still starts or runs; otherwise `problem` says why not: id, restarts that are too many.
lives() {
  local state restarts
  read -r state restarts command < <(docker inspect --format \
    '{{.State.Status}} {{.RestartCount}} {{with .State.Health}}{{.Status}}{{else}}none{{end}}' "$1") || state=gone
  case $state in
    running | restarting | created) ;;
    *) problem="it ended ($state)" ;;
  esac
  if [ -z "$problem" ] && [ "$restarts" -ge "$2" ]; then
    problem="it ended and was started again $restarts times"
  elif [ -z "$problem" ] && [ "$command" = unhealthy ]; then
    problem='its health command fails'
  fi
  [ -z "$problem" ]
}

# Waits until a service is healthy, as its health settings say: id, port.
is_healthy() {
  local answered=0 successes=0 command=none end=$((SECONDS + start_period + bad * interval))
  while lives "$1" "$bad"; do
    answered=$(status_of "http://127.0.0.1:$2$path" "$timeout")
    if is_one_of "$answered" "$healthy" && [[ $command != starting ]]; then
      successes=$((successes + 1))
      [ "$successes" -lt "$good" ] || return 0
      sleep "$interval"
    else
      successes=0
      if [ "$SECONDS" -ge "$end" ]; then
        problem="$path answers with status $answered, not with $healthy"
        return 1
      fi
      sleep 1
    fi
  done
  return 1
}

# Waits until the copies of a worker have run for some time without ending: ids.
are_stable() {
  local id command=none end=$((SECONDS + WORKER_SECONDS))
  while [ "$SECONDS" -lt "$end" ]; do
    for id in "$@"; do
      lives "$id" 1 || return 1
    done
    sleep 1
  done
}
