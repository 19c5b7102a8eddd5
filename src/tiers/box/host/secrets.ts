/** Fetches secrets when containers start. They are never in the bundle, only in memory and readable by root. */
import { rolePasswordVariable } from '../../../config/calculations/database-roles-sql';
import { command, PATHS } from './paths';
import { commandFile, configurationFile, script, table } from './text';
import type { HostDescription, HostFile } from './types';

/** How a line of a file is written: for Compose, for a shell, for `docker run --env-file`, or as the bare value. */
type Format = 'dotenv' | 'shell' | 'plain' | 'value';

/** File below the runtime directory, format, variable, ARN, key of the secret's JSON (a hyphen for none). */
type Row = readonly [file: string, format: Format, name: string, arn: string, key: string];

/** The key in a row that asks for the whole secret: `read` takes two tabs for one, so that no cell may be empty. */
const WHOLE = '-';

/** The name in a row that has none. */
const NAMELESS = '-';

/** Which secret goes into which file. */
export function secretTable(host: HostDescription): HostFile {
  return configurationFile(
    `${PATHS.settings}/secrets.tsv`,
    table([...containerRows(host), ...databaseRows(host), ...registryRows(host)]),
  );
}

function containerRows({ containers }: HostDescription): readonly Row[] {
  return containers.flatMap(({ key, secrets }) =>
    Object.entries(secrets).map(([name, secret]): Row => [`${key}.env`, 'dotenv', name, secret.arn, secret.key ?? WHOLE]),
  );
}

/** On the host, the passwords that roles get; elsewhere, the master login. */
function databaseRows({ database }: HostDescription): readonly Row[] {
  if (database?.placement === 'host') {
    return database.roles.map(({ name, secretArn }): Row => {
      return ['roles.env', 'shell', rolePasswordVariable(name), secretArn, 'password'];
    });
  }
  if (database?.masterSecretArn === undefined) return [];
  return [
    ['master.env', 'plain', 'PGUSER', database.masterSecretArn, 'username'],
    ['master.env', 'plain', 'PGPASSWORD', database.masterSecretArn, 'password'],
  ];
}

function registryRows({ registries = [] }: HostDescription): readonly Row[] {
  return registries.flatMap(({ secretArn }, index): readonly Row[] => [
    [`registry-${index}.username`, 'value', NAMELESS, secretArn, 'username'],
    [`registry-${index}.password`, 'value', NAMELESS, secretArn, 'password'],
  ]);
}

/** Each secret is read once; a value that a format cannot hold is refused by name, never shown. */
export const SECRETS_COMMAND: HostFile = commandFile(
  command('secrets'),
  script(String.raw`
#!/usr/bin/env bash
# Writes the secrets of containers, roles and registries to files in memory that only root can read.
set -euo pipefail
. ${PATHS.library}/common.sh
umask 077

install -d -m 0700 ${PATHS.runtime}
work=$(mktemp -d ${PATHS.runtime}/secrets.XXXXXX)
trap 'rm -rf -- "$work"' EXIT
mkdir "$work/files" "$work/fetched"

# jq's own messages could quote a secret: they go nowhere.
render() {
  jq -rj --arg format "$1" --arg name "$2" --arg key "$3" '
    (.SecretString | if $key == "${WHOLE}" then . else (fromjson | .[$key]) end
      | if type == "number" or type == "boolean" then tostring else . end) as $value
    | if ($value | type) != "string" then error("not there")
      elif $format == "value" then $value
      elif $format == "shell" then $name + "=" + ($value | @sh) + "\n"
      elif $format == "plain" then (if ($value | test("\n")) then error("line feed") else $name + "=" + $value + "\n" end)
      elif ($value | test("\\\\(\u0027|$)")) then error("backslash")
      else $name + "=\u0027" + ($value | gsub("\u0027"; "\\\u0027")) + "\u0027\n" end
  ' 2> /dev/null
}

while IFS=$'\t' read -r file format name arn key; do
  fetched=$work/fetched/$(printf '%s' "$arn" | sha256sum | cut -c 1-32)
  if [ ! -s "$fetched" ]; then
    aws secretsmanager get-secret-value --secret-id "$arn" --output json > "$fetched" ||
      fail "the secret $arn cannot be read: it may have no value yet"
  fi
  render "$format" "$name" "$key" < "$fetched" >> "$work/files/$file" ||
    fail "the secret $arn has no usable value for $name (key $key)"
done < ${PATHS.settings}/secrets.tsv

# In one step each, and only where something changed.
for path in "$work/files"/*; do
  [ -e "$path" ] || continue
  target=${PATHS.runtime}/$(basename "$path")
  if [ ! -f "$target" ] || ! cmp --silent "$path" "$target"; then
    mv -f "$path" "$target"
    log "secrets: $(basename "$target") changed"
  fi
done
`),
);
