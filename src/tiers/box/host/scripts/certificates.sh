#!/usr/bin/env bash
# terrace-certificates prepare   creates a self-signed certificate for each name without one, so that nginx can start
# terrace-certificates obtain    also requests missing certificates, at most once an hour for each name
# terrace-certificates renew     also renews certificates that expire within 30 days
#
# nginx always reads the same two paths for each name. They are links: to the self-signed certificate, then to that of
# Let's Encrypt. Both are on the data volume, so that a new host serves TLS at once.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

# Variables
# Let's Encrypt allows five failed validations an hour for each name.
MINUTES_BETWEEN_TRIES=55

data_is_mounted || fail 'the data volume is not mounted'
install -d -m 0755 "$WEBROOT" "$STATE"
install -d -m 0700 "$CERTIFICATES" "$LETS_ENCRYPT"
changed=no

run_certbot() {
  certbot "$@" --config-dir "$LETS_ENCRYPT" --work-dir "$STATE/certbot" --logs-dir /var/log/letsencrypt < /dev/null
}

# Creates a self-signed certificate for a name that has none yet.
prepare() {
  local directory=$CERTIFICATES/$1
  if [ -s "$directory/fullchain.pem" ] && [ -s "$directory/privkey.pem" ]; then
    return 0
  fi
  install -d -m 0700 "$directory/own"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$1" -addext "subjectAltName=DNS:$1" \
    -keyout "$directory/own/privkey.pem" -out "$directory/own/fullchain.pem" 2> /dev/null
  ln -sfn own/fullchain.pem "$directory/fullchain.pem"
  ln -sfn own/privkey.pem "$directory/privkey.pem"
  changed=yes
}

# Requests a certificate if there is none and the last attempt is old enough. A failure does not stop the other names.
obtain() {
  local tried=$STATE/certificate-$1
  if [ -s "$LETS_ENCRYPT/live/$1/fullchain.pem" ]; then
    return 0
  fi
  if [ -n "$(find "$tried" -mmin "-$MINUTES_BETWEEN_TRIES" 2> /dev/null)" ]; then
    return 0
  fi
  touch "$tried"
  run_certbot certonly --non-interactive --agree-tos --email "$CERTIFICATE_EMAIL" --webroot --webroot-path "$WEBROOT" \
    --cert-name "$1" --domain "$1" || log "no certificate for $1 yet: does the name point to this host?"
}

# Replaces the self-signed certificate by that of Let's Encrypt.
link() {
  local directory=$CERTIFICATES/$1 live=$LETS_ENCRYPT/live/$1
  if [ -s "$live/fullchain.pem" ] && [ "$(readlink "$directory/fullchain.pem")" != "$live/fullchain.pem" ]; then
    ln -sfn "$live/fullchain.pem" "$directory/fullchain.pem"
    ln -sfn "$live/privkey.pem" "$directory/privkey.pem"
    changed=yes
  fi
}

mode=$1
while IFS= read -r site; do
  prepare "$site"
  [ "$mode" = prepare ] || obtain "$site"
  link "$site"
done < "$SETTINGS/sites"

if [ "$mode" = renew ]; then
  run_certbot renew --quiet --deploy-hook 'systemctl reload nginx'
fi
if [ "$changed" = yes ] && systemctl is-active --quiet nginx; then
  nginx -t -q
  systemctl reload nginx
fi
