/** The reverse proxy: one site for each name, HTTPS only, WebSockets, the caller's address handed on. Pure text. */
import { CLOUDFLARE_IPV4 } from '../../../config/tables/cloudflare-ranges';
import { operatingSystemOf } from './operating-systems';
import { PATHS } from './paths';
import { configurationFile, script } from './text';
import { balancedDefault, balancedProxy, balancedSite, CALLER_BEHIND_BALANCER } from './nginx-balanced';
import type { HostDescription, HostFile, HostSite } from './types';

/** Below the directory that every distribution's package uses. */
const DIRECTORY = '/etc/nginx';

/** nginx's own limit of one megabyte would refuse uploads that other tiers take. */
const LARGEST_BODY = '100m';

/** As a load balancer's idle timeout. */
const IDLE_SECONDS = 60;

/** The main file, what all sites share, and the sites. */
export function nginxFiles(host: HostDescription): readonly HostFile[] {
  return [
    configurationFile(`${DIRECTORY}/nginx.conf`, mainConfiguration(host)),
    configurationFile(`${DIRECTORY}/terrace/proxy.conf`, host.behindBalancer === undefined ? PROXY : balancedProxy(PROXY)),
    ...(host.behindBalancer?.sites ?? []).map((site) =>
      configurationFile(siteConfigurationPath(site), balancedSite(site, nginxLocations(site))),
    ),
    ...host.sites.map((site) => configurationFile(siteConfigurationPath(site), siteConfiguration(site, host.origin))),
  ];
}

/** `/etc/nginx/conf.d/shop.example.conf` */
export function siteConfigurationPath({ name }: Pick<HostSite, 'name'>): string {
  return `${DIRECTORY}/conf.d/${name}.conf`;
}

/**
 * The same file on every operating system. Ciphers: Mozilla's "intermediate" for TLS 1.2; TLS 1.3 has its own.
 * A caller who names none of the sites gets no answer.
 */
function mainConfiguration(host: HostDescription): string {
  return script(`
user ${operatingSystemOf(host).nginxUser};
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;

events {
    worker_connections 1024;
}

http {
    include ${DIRECTORY}/mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;

    sendfile on;
    tcp_nopush on;
    keepalive_timeout 65;
    server_tokens off;
    server_names_hash_bucket_size 128;
    client_max_body_size ${LARGEST_BODY};

    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
    ssl_prefer_server_ciphers off;
    ssl_session_cache shared:terrace:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;

    map $http_upgrade $connection_upgrade {
        default upgrade;
        '' '';
    }
${callerOf(host)}
    server {
        listen 80 default_server;
        server_name _;
${host.behindBalancer === undefined ? '        return 444;' : balancedDefault(host.behindBalancer)}
    }

    server {
        listen 443 ssl default_server;
        server_name _;
        ssl_reject_handshake on;
    }

    include ${DIRECTORY}/conf.d/*.conf;
}
`);
}

/** Where nginx learns who calls, when somebody stands between. */
function callerOf({ behindBalancer, origin }: HostDescription): string {
  if (behindBalancer !== undefined) return CALLER_BEHIND_BALANCER;
  return origin === 'cloudflare' ? CLOUDFLARE : '';
}

/**
 * Behind Cloudflare the caller's address comes in a header, which only Cloudflare's own addresses may set; whoever comes
 * from elsewhere gets past no site. The security group says the same; this holds also while it does not.
 */
const CLOUDFLARE = `
${CLOUDFLARE_IPV4.map((range) => `    set_real_ip_from ${range};`).join('\n')}
    real_ip_header CF-Connecting-IP;

    geo $realip_remote_addr $from_cloudflare {
        default 0;
${CLOUDFLARE_IPV4.map((range) => `        ${range} 1;`).join('\n')}
    }
`;

/** What an application learns of its caller. */
const PROXY = script(`
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_set_header Host $host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Forwarded-Host $host;
proxy_set_header X-Forwarded-Port $server_port;
proxy_read_timeout ${IDLE_SECONDS}s;
proxy_send_timeout ${IDLE_SECONDS}s;
`);

function siteConfiguration(site: HostSite, origin: HostDescription['origin']): string {
  return script(`
# Written from the environment file: changes made here are overwritten.
server {
    listen 80;
    server_name ${site.name};

    location ^~ /.well-known/acme-challenge/ {
        root ${PATHS.webroot};
        default_type text/plain;
    }

    location / {
        return 301 https://$host$request_uri;
    }
}

server {
    listen 443 ssl http2;
    server_name ${site.name};
    ssl_certificate ${PATHS.certificates}/${site.name}/fullchain.pem;
    ssl_certificate_key ${PATHS.certificates}/${site.name}/privkey.pem;
${origin === 'cloudflare' ? GUARD : ''}
${nginxLocations(site)}
}
`);
}

const GUARD = `
    if ($from_cloudflare = 0) {
        return 403;
    }
`;

function nginxLocations({ locations: all }: HostSite): string {
  const plain = all.every(({ path }) => prefixOf(path) !== undefined || !isPattern(path));
  return all.map(({ path, port }) => location(plain ? plainMatch(path) : orderedMatch(path), port)).join('\n\n');
}

function location(match: string, port: number): string {
  return `    location ${match} {
        include ${DIRECTORY}/terrace/proxy.conf;
        proxy_pass http://127.0.0.1:${port};
    }`;
}

/** Prefixes and exact paths: nginx takes the exact one, then the longest, as "most specific first" does. */
function plainMatch(path: string): string {
  const prefix = prefixOf(path);
  return prefix ?? `= ${path}`;
}

/** Where a pattern cannot be a prefix all of them are tried in their order, as a load balancer does. */
function orderedMatch(path: string): string {
  if (path === '/') return '/';
  const prefix = prefixOf(path);
  const pattern = prefix === undefined ? `${expression(path)}$` : expression(prefix);
  return `~ "^${pattern}"`;
}

/** `/api/` and `/api/*` are the prefix `/api/`, `/api*` is `/api`; anything else is none. */
function prefixOf(path: string): string | undefined {
  const prefix = path.endsWith('*') ? path.slice(0, -1) : path;
  if (isPattern(prefix)) return undefined;
  return path.endsWith('*') || path.endsWith('/') ? prefix : undefined;
}

function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}

/** A load balancer's pattern as a regular expression: `*` any characters, `?` one. */
function expression(path: string): string {
  return path
    .replace(/[.+^$(){}|[\]\\"]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
}
