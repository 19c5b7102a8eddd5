# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # `start` sets `work`; loops set the columns of a row, which `health.sh` reads too
# Replaces containers whose image, secrets, variables or settings have changed, and takes a replacement back that is not
# healthy. Sourced, not run, by `start`, which has the lock.
#
# The new container is made beside the one that runs, on the other of the two ports of its service, without the name by which
# other containers call it. Once its health path answers, it gets the name, and a file tells nginx to use its port from the next
# request on. Then the requests that the former container still works on end, and it is stopped.
#
# A release is written down before anything is done, in $RELEASES/<key>: `old` (the containers that serve), `image`,
# `fingerprint`, and `target` (how to know that it is committed). If it is interrupted, the next run finishes a committed
# release, and removes the new container of any other.
#
# Besides, for each key: `running` (the fingerprint of what serves), `refused` (those that are not tried again), `reason`.

# shellcheck source=health.sh
. "$LIBRARY/health.sh"

# Variables
# Lines of a refused container that are shown.
LOG_LINES=20

# Runs a command for each container of this host that is not a job, with its row in variables: command.
each_container() {
  local key kind way name copies memory stop_seconds port second path healthy interval timeout good bad start_period
  while IFS=$'\t' read -r -u 4 key kind way name copies memory stop_seconds \
    port second path healthy interval timeout good bad start_period; do
    "$@"
  done 4< "$SETTINGS/rollouts.tsv"
}

# What a container is made of: key, image.
fingerprint() {
  {
    printf '%s\n' "$2"
    # The lines of the service in the Compose file.
    awk -v key="$1" '/^  [^ ]/ { name = $1; gsub(/[^a-z0-9-]/, "", name); inside = (name == key) } inside' compose.yaml
    cat "$1.env" "$RUNTIME/$1.env" 2> /dev/null || true
  } | sha256sum | cut -c 1-64
}

# Takes what a container was just made of for what serves: key.
mark_running() {
  fingerprint "$1" "$(value_of "$(awk -v key="$1" '$1 == key { print $2 }' "$SETTINGS/images.tsv")")" > "$RELEASES/$1.running"
}

new_containers() {
  docker compose ps --all --quiet "$key" | grep -v -x -F -f "$RELEASES/$key/old" || true
}

# Those of the former containers that are still there.
former_containers() {
  docker compose ps --all --quiet "$key" | grep -x -F -f "$RELEASES/$key/old" || true
}

# The image that is wanted, or else the one that serves.
wanted_image() {
  local wanted
  wanted=$(sed -n "s/^IMAGE_$name=//p" "$RUNTIME/wanted-images" 2> /dev/null || true)
  printf '%s' "${wanted:-$(value_of "IMAGE_$name")}"
}

is_committed() {
  case $(cat "$RELEASES/$key/target") in
    first) [ ! -e "$SECOND_PORTS/$key" ] ;;
    second) [ -e "$SECOND_PORTS/$key" ] ;;
    *) [ -e "$RELEASES/$key/committed" ] ;;
  esac
}

commit() {
  case $(cat "$RELEASES/$key/target") in
    first) rm -f "$SECOND_PORTS/$key" ;;
    second) : > "$SECOND_PORTS/$key" ;;
    *) : > "$RELEASES/$key/committed" ;;
  esac
}

# Requests that nginx has open to a port of the loopback address: port. Established connections have the state 01.
open_requests() {
  awk -v address="$(printf '0100007F:%04X' "$1")" '$3 == address && $4 == "01"' /proc/net/tcp | wc -l
}

# Waits until the former container has answered what it was asked, for as long as it may take to stop.
drain() {
  local former=$port end=$((SECONDS + stop_seconds))
  case $(cat "$RELEASES/$key/target") in
    first) former=$second ;;
    second) ;;
    *) return 0 ;;
  esac
  # A request that has just come in may not be connected yet.
  sleep 1
  while [ "$(open_requests "$former")" -gt 0 ] && [ "$SECONDS" -lt "$end" ]; do
    sleep 1
  done
}

# Ends a committed release.
finish() {
  local image
  image=$(cat "$RELEASES/$key/image")
  [ -z "$image" ] || set_variable "IMAGE_$name" "$image"
  [ "$second" = - ] || set_variable "PORT_$name" "$(current_port "$key" "$port" "$second")"
  cp "$RELEASES/$key/fingerprint" "$RELEASES/$key.running"
  # The image that serves may have got new values while the wanted one is refused.
  if [ "$image" = "$(wanted_image)" ]; then
    rm -f "$RELEASES/$key.refused" "$RELEASES/$key.reason"
  fi
  drain
  former_containers | xargs --no-run-if-empty docker stop > /dev/null || true
  former_containers | xargs --no-run-if-empty docker rm --force > /dev/null
  rm -rf -- "${RELEASES:?}/$key"
}

# Removes the new containers of a release that is not committed. Those before may have been stopped for it.
abandon() {
  new_containers | xargs --no-run-if-empty docker rm --force > /dev/null
  former_containers | xargs --no-run-if-empty docker start > /dev/null || log "release: $key: the former container does not start"
  rm -rf -- "${RELEASES:?}/$key"
}

recover() {
  [ -e "$RELEASES/$key/target" ] || return 0
  if is_committed; then
    log "release: $key: finishing a release that was interrupted"
    finish
  else
    log "release: $key: taking back a release that was interrupted"
    abandon
  fi
}

recover_releases() {
  local file
  rm -rf -- "$RELEASES"/*.draft
  each_container recover
  # Of containers that are gone.
  for file in "$RELEASES"/* "$SECOND_PORTS"/*; do
    if [ -e "$file" ] && ! grep -q -x "$(basename "$file" | sed 's/\..*//')" "$SETTINGS/applications"; then
      rm -rf -- "$file"
    fi
  done
}

# Takes the name by which other containers call a service from a container that is new, or gives it: none or a name, id.
set_name() {
  local network alias=()
  [ "$1" = none ] || alias=(--alias "$1")
  network=$(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}' "$2")
  docker network disconnect "$network" "$2" && docker network connect "${alias[@]}" "$network" "$2"
}

# Makes the new containers, and waits until they are healthy; otherwise `problem` says why not: way, port.
try() {
  local count new=()
  count=$(wc -l < "$RELEASES/$key/old")
  if ! env "IMAGE_$name=$image" "PORT_$name=$2" docker compose up --no-start --no-deps --no-recreate --quiet-pull \
    --scale "$key=$((count + copies))" "$key" > "$work/made" 2>&1; then
    problem="Docker does not create it: $(tail -n 1 "$work/made")"
    return 1
  fi
  mapfile -t new < <(new_containers)
  [ "${#new[@]}" -gt 0 ] || { problem='Docker does not create it' && return 1; }
  if [ "$kind" = service ] && [ "$1" = beside ]; then
    set_name none "${new[0]}" > "$work/made" 2>&1 || { problem="its network: $(tail -n 1 "$work/made")" && return 1; }
  fi
  docker start "${new[@]}" > "$work/made" 2>&1 || { problem="Docker does not start it: $(tail -n 1 "$work/made")" && return 1; }
  if [ "$kind" = worker ]; then
    are_stable "${new[@]}"
  elif is_healthy "${new[0]}" "$2" && [ "$1" = beside ]; then
    # Its port is lost and comes back with the network: once more must it answer.
    set_name "$key" "${new[0]}" > "$work/made" 2>&1 || { problem="its network: $(tail -n 1 "$work/made")" && return 1; }
    local good=1
    is_healthy "${new[0]}" "$2"
  else
    [ -z "$problem" ]
  fi
}

refuse() {
  local id
  {
    printf '%s: %s was taken back: %s\n' "$key" "${image:-its configuration}" "$problem"
    for id in $(new_containers); do
      docker logs --tail "$LOG_LINES" "$id" 2>&1 | sed 's/^/    /' || true
    done
  } > "$work/reason"
  cat "$RELEASES/$key/fingerprint" >> "$RELEASES/$key.refused"
  cp "$work/reason" "$RELEASES/$key.reason"
  abandon
  log "release: $(cat "$work/reason")"
}

# Whether the host has the memory that the new containers may use, besides those that run.
has_memory() {
  [ "$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)" -ge $((memory * copies)) ]
}

# Replaces the containers of a key by those of `image`, and sets `released` if that succeeds: fingerprint.
release() {
  local problem='' method=$way target=marked at=$port
  if [ "$method" = beside ] && ! has_memory; then
    log "release: $key: the host has no memory for two at once, $((memory * copies)) MiB: the former one is stopped first"
    method=in-turn
  fi
  if [ "$second" != - ]; then
    at=$(current_port "$key" "$port" "$second")
  fi
  if [ "$kind" = service ] && [ "$method" = beside ]; then
    if [ -e "$SECOND_PORTS/$key" ]; then
      target=first at=$port
    else
      target=second at=$second
    fi
  fi
  mkdir "$RELEASES/$key.draft"
  docker compose ps --all --quiet "$key" > "$RELEASES/$key.draft/old"
  printf '%s' "$image" > "$RELEASES/$key.draft/image"
  printf '%s\n' "$1" > "$RELEASES/$key.draft/fingerprint"
  printf '%s\n' "$target" > "$RELEASES/$key.draft/target"
  mv "$RELEASES/$key.draft" "$RELEASES/$key"
  log "release: $key: starting ${image:-its new configuration}"
  if [ "$method" = in-turn ]; then
    former_containers | xargs --no-run-if-empty docker stop > /dev/null || true
  fi
  if ! try "$method" "$at"; then
    refuse
    return 0
  fi
  commit
  log "release: $key: healthy, serves now; the former one ends"
  finish
  released=yes
  log "release: $key: done"
}

# Releases what is wanted, if it is not what serves: without containers there is nothing to replace. If that is refused, the
# image that serves still gets its new values.
release_if_changed() {
  local image serves wanted now released=''
  is_ready "$key" && [ -n "$(docker compose ps --all --quiet "$key")" ] || return 0
  serves=$(value_of "IMAGE_$name")
  wanted=$(wanted_image)
  for image in "$wanted" "$serves"; do
    now=$(fingerprint "$key" "$image")
    if [ "$now" = "$(cat "$RELEASES/$key.running" 2> /dev/null)" ]; then
      [ "$image" != "$wanted" ] || rm -f "$RELEASES/$key.refused" "$RELEASES/$key.reason"
      return 0
    fi
    if ! grep -q -x "$now" "$RELEASES/$key.refused" 2> /dev/null; then
      release "$now"
    fi
    [ -z "$released" ] || return 0
  done
}

release_changed() {
  each_container release_if_changed
}
