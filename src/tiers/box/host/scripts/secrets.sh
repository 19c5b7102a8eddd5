#!/usr/bin/env bash
# terrace-secrets         writes the secrets of containers, roles and registries to files in memory that only root can read
# terrace-secrets <key>   the same for one container; fails only if it has no values at all
#
# Each secret is fetched once. A value that a format cannot hold is refused by name, and never printed. A file whose secrets
# cannot all be read stays as it is, and does not affect the others.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
umask 077

install -d -m 0700 "$RUNTIME"
exec 5> "$RUNTIME/secrets.lock"
flock 5
work=$(make_work secrets)
trap 'rm -rf -- "$work"' EXIT
mkdir "$work/files" "$work/failed"

# Prints one variable in the format of its file: format, name, key of the secret's JSON or - for the whole secret.
# Messages of jq are discarded: they could quote a secret.
render() {
  jq -rj --arg format "$1" --arg name "$2" --arg key "$3" '
    (.SecretString | if $key == "-" then . else (fromjson | .[$key]) end
      | if type == "number" or type == "boolean" then tostring else . end) as $value
    | if ($value | type) != "string" then error("not there")
      elif $format == "value" then $value
      elif $format == "shell" then $name + "=" + ($value | @sh) + "\n"
      elif $format == "plain" then (if ($value | test("\n")) then error("line feed") else $name + "=" + $value + "\n" end)
      elif ($value | test("\\\\(\u0027|$)")) then error("backslash")
      else $name + "=\u0027" + ($value | gsub("\u0027"; "\\\u0027")) + "\u0027\n" end
  ' 2> /dev/null
}

# Fetches a secret once, whether that succeeds or not: ARN, file.
fetch() {
  if [ ! -e "$2" ] && ! aws secretsmanager get-secret-value --secret-id "$1" --output json > "$2"; then
    : > "$2"
    log "the secret $1 cannot be read: it may have no value yet"
  fi
  [ -s "$2" ]
}

while IFS=$'\t' read -r file format name arn key; do
  [ $# -eq 0 ] || [ "$file" = "$1.env" ] || continue
  mkdir -p "$work/fetched/$arn"
  fetched=$work/fetched/$arn/value
  if ! fetch "$arn" "$fetched"; then
    : > "$work/failed/$file"
  elif ! render "$format" "$name" "$key" < "$fetched" >> "$work/files/$file"; then
    log "the secret $arn has no usable value for $name (key $key)"
    : > "$work/failed/$file"
  fi
done < "$SETTINGS/secrets.tsv"

# Each file is replaced in one step, and only if it changed.
for path in "$work/files"/*; do
  [ -e "$path" ] || continue
  name=$(basename "$path")
  if [ ! -e "$work/failed/$name" ] && ! cmp --silent "$path" "$RUNTIME/$name"; then
    mv -f "$path" "$RUNTIME/$name"
    log "secrets: $name changed"
  fi
done

status=0
for path in "$work/failed"/*; do
  [ -e "$path" ] || continue
  [ $# -gt 0 ] && [ -s "$RUNTIME/$1.env" ] || status=1
done
exit "$status"
