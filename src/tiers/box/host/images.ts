/** Finds out which images run, logs in to their registries, and pulls what is missing. */
import { command, imageVariable, PATHS } from './paths';
import { commandFile, configurationFile, script, table } from './text';
import type { HostDescription, HostFile } from './types';

/** Which parameter says what a container's image is: the only truth, on every tier. */
export function imageTable({ containers }: HostDescription): HostFile {
  const rows = containers.flatMap(({ key, image }) =>
    'parameterName' in image ? [[imageVariable(key), image.parameterName]] : [],
  );
  return configurationFile(`${PATHS.settings}/images.tsv`, table(rows));
}

/** Registries beside ECR, in the order in which the secrets' files are numbered. */
export function registryTable({ registries = [] }: HostDescription): HostFile {
  return configurationFile(
    `${PATHS.settings}/registries.tsv`,
    table(registries.map(({ server }, index) => [server, `registry-${index}`])),
  );
}

/**
 * Writes `.env` beside the Compose file, so that `docker compose` also works by hand there. Tokens of registries live in
 * memory for as long as a pull takes.
 */
export const IMAGES_COMMAND: HostFile = commandFile(
  command('images'),
  script(String.raw`
#!/usr/bin/env bash
# Reads which images run, and pulls those that are not on this host yet.
set -euo pipefail
. ${PATHS.library}/common.sh

install -d -m 0700 ${PATHS.runtime}
work=$(mktemp -d ${PATHS.runtime}/images.XXXXXX)
trap 'rm -rf -- "$work"' EXIT

: > "$work/env"
while IFS=$'\t' read -r variable parameter; do
  reference=$(aws ssm get-parameter --name "$parameter" --query Parameter.Value --output text) ||
    fail "the image parameter $parameter cannot be read"
  printf '%s=%s\n' "$variable" "$reference" >> "$work/env"
done < ${PATHS.settings}/images.tsv
if ! cmp --silent "$work/env" "$APPLICATION_DIRECTORY/.env"; then
  install -m 0644 "$work/env" "$APPLICATION_DIRECTORY/.env.new"
  mv -f "$APPLICATION_DIRECTORY/.env.new" "$APPLICATION_DIRECTORY/.env"
  log "images: $(tr '\n' ' ' < "$work/env")"
fi

cd "$APPLICATION_DIRECTORY"
docker compose --profile jobs config --images | sort -u > "$work/wanted"
while IFS= read -r image; do
  if ! docker image inspect "$image" > /dev/null 2>&1; then
    printf '%s\n' "$image" >> "$work/missing"
  fi
done < "$work/wanted"
if [ ! -s "$work/missing" ]; then
  exit 0
fi

# The token of a login goes with the directory.
DOCKER_CONFIG=$work/docker
export DOCKER_CONFIG
sed -n 's,^\([0-9]*\.dkr\.ecr\.[a-z0-9-]*\.amazonaws\.com[a-z.]*\)/.*,\1,p' "$work/missing" | sort -u > "$work/ecr"
while IFS= read -r server; do
  aws ecr get-login-password --region "$(printf '%s' "$server" | cut -d . -f 4)" |
    docker login --username AWS --password-stdin "$server" > /dev/null
done < "$work/ecr"
while IFS=$'\t' read -r server secret; do
  docker login --username "$(cat "${PATHS.runtime}/$secret.username")" --password-stdin "$server" \
    < "${PATHS.runtime}/$secret.password" > /dev/null
done < ${PATHS.settings}/registries.tsv

while IFS= read -r image; do
  log "images: pulling $image"
  docker pull --quiet "$image" > /dev/null
done < "$work/missing"

# Releases would fill the disk: what no container uses, and is older than three days, goes.
docker image prune --all --force --filter until=72h > /dev/null
`),
);
