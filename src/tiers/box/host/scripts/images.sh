#!/usr/bin/env bash
# terrace-images         reads which images to run, and pulls those that are missing on this host
# terrace-images <key>   the same for one container; fails only if it has no image at all
#
# Writes down which images are wanted and on this host. Jobs, and containers that have no image yet, get theirs at once in `.env`
# next to the Compose file, which is there so that `docker compose` also works by hand. Those that run keep the image that they
# have until `terrace-start` has released another one. A container whose image cannot be read or pulled does not affect the
# others. Registry tokens stay in memory, and only for the duration of a pull.
#
# If the environment has the image's variable, as for a run of a job with another image, that one is pulled and nothing else done.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

install -d -m 0700 "$RUNTIME"
# Shared, so that a job does not wait for the images of a release. `terrace-prune` waits for both.
exec 6> "$RUNTIME/images.lock"
flock --shared 6
work=$(make_work "images-$*")
trap 'rm -rf -- "$work"' EXIT
: > "$work/wanted"
: > "$work/found"
: > "$work/servers"
status=0

# Logins are stored in this directory, which is removed at the end.
DOCKER_CONFIG=$work/docker
export DOCKER_CONFIG

problem() {
  log "images: $*"
  status=1
}

# Whether this run is about a container: key, key of the only one.
concerns() {
  [ $# -eq 1 ] || [ "$1" = "$2" ]
}

# Docker warns at each login that it stores the password, which is removed with the directory: user, server.
log_in() {
  docker login --username "$1" --password-stdin "$2" > "$work/login" 2>&1 || {
    cat "$work/login" >&2
    return 1
  }
}

# Logs in to the registries of the settings before the first pull, and to an ECR registry before the first pull from it: image.
log_in_for() {
  local server secret
  if [ ! -s "$work/servers" ]; then
    printf 'settings\n' >> "$work/servers"
    while IFS=$'\t' read -r server secret; do
      log_in "$(cat "$RUNTIME/$secret.username")" "$server" < "$RUNTIME/$secret.password" || problem "no login to $server"
    done < "$SETTINGS/registries.tsv"
  fi
  server=$(printf '%s' "$1" | sed -n 's,^\([0-9]*\.dkr\.ecr\.[a-z0-9-]*\.amazonaws\.com[a-z.]*\)/.*,\1,p')
  if [ -z "$server" ] || grep -q -x -F "$server" "$work/servers"; then
    return 0
  fi
  aws ecr get-login-password --region "$(printf '%s' "$server" | cut -d . -f 4)" > "$work/token" &&
    log_in AWS "$server" < "$work/token" && printf '%s\n' "$server" >> "$work/servers"
}

# Makes sure that an image is on this host: image.
pull() {
  ! docker image inspect "$1" > /dev/null 2>&1 || return 0
  log "images: pulling $1"
  log_in_for "$1" && docker pull --quiet "$1" > /dev/null
}

if [ "$#" -eq 1 ]; then
  variable=$(awk -F '\t' -v key="$1" '$1 == key { print $2 }' "$SETTINGS/images.tsv")
  if [ -n "$variable" ] && [ -n "${!variable:-}" ]; then
    pull "${!variable}" || fail "${!variable} cannot be pulled for $1"
    exit "$status"
  fi
fi

while IFS=$'\t' read -r key variable parameter; do
  concerns "$key" "$@" || continue
  if ! image=$(aws ssm get-parameter --name "$parameter" --query Parameter.Value --output text); then
    problem "the image parameter $parameter cannot be read"
  elif pull "$image" < /dev/null; then
    printf '%s=%s\n' "$variable" "$image" >> "$work/found"
  else
    problem "$image cannot be pulled for $key"
  fi
done < "$SETTINGS/images.tsv"

while IFS=$'\t' read -r key image; do
  if concerns "$key" "$@"; then
    pull "$image" < /dev/null || problem "$image cannot be pulled for $key"
  fi
done < "$SETTINGS/fixed-images.tsv"

while IFS=$'\t' read -r key variable _; do
  concerns "$key" "$@" || continue
  has=$(value_of "$variable")
  image=$(sed -n "s/^$variable=//p" "$work/found" | head -n 1)
  image=${image:-${has:-$NO_IMAGE}}
  printf '%s=%s\n' "$variable" "$image" >> "$work/wanted"
  if [ "${has:-$NO_IMAGE}" = "$NO_IMAGE" ] || ! grep -q -x "$key" "$SETTINGS/applications"; then
    [ "$has" = "$image" ] || log "images: $key has $image"
    set_variable "$variable" "$image"
  fi
  if [ "$key" = "$*" ] && [ "$image" != "$NO_IMAGE" ]; then
    status=0
  fi
done < "$SETTINGS/images.tsv"

# Of all containers: those that are gone need no image.
if [ "$#" -eq 0 ]; then
  cut -f 2 "$SETTINGS/images.tsv" > "$work/variables"
  sed -n 's/^\(IMAGE_[A-Z0-9_]*\)=.*/\1/p' "$APPLICATION_DIRECTORY/.env" | { grep -v -x -F -f "$work/variables" || true; } |
    while IFS= read -r variable; do
      set_variable "$variable"
    done
  cmp --silent "$work/wanted" "$RUNTIME/wanted-images" || mv -f "$work/wanted" "$RUNTIME/wanted-images"
fi
exit "$status"
