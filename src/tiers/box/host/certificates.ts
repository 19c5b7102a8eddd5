/** Certificates: one of our own until Let's Encrypt's is there, one for each name, renewed daily at noon. */
import { command, PATHS } from './paths';
import { commandFile, script } from './text';
import type { HostFile } from './types';

/** Let's Encrypt allows five failed validations an hour for each name. */
const MINUTES_BETWEEN_TRIES = 55;

/**
 * nginx always reads the same two paths. They are links: to a certificate signed by ourselves, so that the first boot works
 * before the name points here, then to Let's Encrypt's. Both lie on the data volume.
 */
export const CERTIFICATES_COMMAND: HostFile = commandFile(
  command('certificates'),
  script(String.raw`
#!/usr/bin/env bash
# terrace-certificates prepare   makes sure that nginx has something to start with
# terrace-certificates obtain    also asks for what is missing, at most once an hour for each name
# terrace-certificates renew     also renews what ends within 30 days
set -euo pipefail
. ${PATHS.library}/common.sh

data_is_there || fail 'the data volume is not mounted'
install -d -m 0755 ${PATHS.webroot} ${PATHS.state}
install -d -m 0700 ${PATHS.certificates} ${PATHS.letsEncrypt}
changed=no

certbot_here() {
  certbot "$@" --config-dir ${PATHS.letsEncrypt} --work-dir ${PATHS.state}/certbot --logs-dir /var/log/letsencrypt < /dev/null
}

# Our own, for a name that has none yet.
prepare() {
  local directory=${PATHS.certificates}/$1
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

# The authority's, where there is none and the last try is long enough ago. A failure is no reason to stop the rest.
obtain() {
  local tried=${PATHS.state}/certificate-$1
  if [ -s ${PATHS.letsEncrypt}/live/"$1"/fullchain.pem ]; then
    return 0
  fi
  if [ -n "$(find "$tried" -mmin -${MINUTES_BETWEEN_TRIES} 2> /dev/null)" ]; then
    return 0
  fi
  touch "$tried"
  certbot_here certonly --non-interactive --agree-tos --email "$CERTIFICATE_EMAIL" --webroot --webroot-path ${PATHS.webroot} \
    --cert-name "$1" --domain "$1" || log "no certificate for $1 yet: does the name point here?"
}

# From our own to the authority's.
link() {
  local directory=${PATHS.certificates}/$1 live=${PATHS.letsEncrypt}/live/$1
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
done < ${PATHS.settings}/sites

if [ "$mode" = renew ]; then
  certbot_here renew --quiet --deploy-hook 'systemctl reload nginx'
fi
if [ "$changed" = yes ] && systemctl is-active --quiet nginx; then
  nginx -t -q
  systemctl reload nginx
fi
`),
);
