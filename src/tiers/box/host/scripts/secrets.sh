#!/usr/bin/env bash
# Writes the secrets of containers, roles and registries to files in memory that only root can read.
# Each secret is fetched once. A value that a format cannot hold is refused by name, and never printed.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
umask 077

install -d -m 0700 "$RUNTIME"
work=$(mktemp -d "$RUNTIME/secrets.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
mkdir "$work/files" "$work/fetched"

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

while IFS=$'\t' read -r file format name arn key; do
  fetched=$work/fetched/$(printf '%s' "$arn" | sha256sum | cut -c 1-32)
  if [ ! -s "$fetched" ]; then
    aws secretsmanager get-secret-value --secret-id "$arn" --output json > "$fetched" ||
      fail "the secret $arn cannot be read: it may have no value yet"
  fi
  render "$format" "$name" "$key" < "$fetched" >> "$work/files/$file" ||
    fail "the secret $arn has no usable value for $name (key $key)"
done < "$SETTINGS/secrets.tsv"

# Each file is replaced in one step, and only if it changed.
for path in "$work/files"/*; do
  [ -e "$path" ] || continue
  target=$RUNTIME/$(basename "$path")
  if [ ! -f "$target" ] || ! cmp --silent "$path" "$target"; then
    mv -f "$path" "$target"
    log "secrets: $(basename "$target") changed"
  fi
done
