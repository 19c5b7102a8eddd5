/** The reverse proxy: one site for each host name, HTTPS only, WebSockets, and the client's address in a header. Pure text. */
import { CLOUDFLARE_IPV4 } from '../../../config/tables/cloudflare-ranges';
import { forwardedAuthorization, loginMaps, siteLogin } from './logins';
import { nginxLocations } from './nginx-locations';
import { upstreamChoice, upstreamGroups, upstreamOf } from './nginx-upstreams';
import { operatingSystemOf } from './operating-systems';
import { PATHS } from './paths';
import { configurationFile, script } from './text';
import type { BalancerHealth, HostDescription, HostFile, HostIngress, HostSite } from './types';

/** nginx's default of one megabyte would refuse uploads that other tiers accept. */
const LARGEST_BODY = '100m';

/** Seconds for which nginx keeps the connection of a client between two requests. */
const KEEP_ALIVE_SECONDS = 65;

/** By this much nginx keeps connections longer than the load balancer, which must not send a request into one that is being closed. */
const LONGER_SECONDS = 5;

/** Networks that a VPC may have. Source: RFC 1918 and RFC 6598. */
const VPC_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

const WRITTEN = '# Written from the environment file: changes made here are overwritten.';

/**
 * The main file, what all sites share, and the sites: as they are tested before they go to `/etc/nginx`. Files include each other
 * by paths relative to the main file, so that they work in both places.
 */
export function nginxFiles(host: HostDescription): readonly HostFile[] {
  return [
    configurationFile(`${PATHS.nginx}/nginx.conf`, mainConfiguration(host)),
    configurationFile(`${PATHS.nginx}/terrace/proxy.conf`, proxySettings(host)),
    configurationFile(`${PATHS.nginx}/terrace/upstreams.conf`, upstreamGroups(host)),
    configurationFile(`${PATHS.nginx}/terrace/choice.conf`, upstreamChoice(host)),
    ...siteFiles(host).map(([name, content]) => configurationFile(`${PATHS.nginx}/conf.d/${name}.conf`, content)),
  ];
}

function siteFiles(host: HostDescription): readonly (readonly [name: string, content: string])[] {
  const { ingress } = host;
  const content = (site: HostSite): string =>
    `    include terrace/choice.conf;\n\n${siteLogin(host)}${nginxLocations(site, upstreamOf(host))}`;
  if (ingress.kind === 'load-balancer') return ingress.sites.map((site) => [site.name, plainSite(site.name, content(site))]);
  const { sites, redirects = [] } = ingress;
  return [
    ...sites.map((site) => [site.name, secureSite(site.name, content(site), ingress)] as const),
    ...redirects.map(({ name, target }) => [name, secureSite(name, redirectTo(target), ingress)] as const),
  ];
}

/** The names for which the host itself needs certificates: none behind a load balancer. */
export function sitesWithCertificates({ ingress }: Pick<HostDescription, 'ingress'>): readonly HostSite[] {
  if (ingress.kind !== 'direct') return [];
  return [...ingress.sites, ...(ingress.redirects ?? []).map(({ name }) => ({ name, locations: [] }))];
}

/**
 * The same file on every operating system. Ciphers: Mozilla's "intermediate" for TLS 1.2; TLS 1.3 has its own.
 * A request for a name that is not served gets no answer.
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
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;

    sendfile on;
    tcp_nopush on;
    keepalive_timeout ${keepAliveSeconds(host)};
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
${clientAddress(host.ingress)}${loginMaps(host)}
    include terrace/upstreams.conf;

    server {
        listen 80 default_server;
        server_name _;
${host.ingress.kind === 'load-balancer' ? healthLocation(host, host.ingress.health) : '        return 444;'}
    }

    server {
        listen 443 ssl default_server;
        server_name _;
        ssl_reject_handshake on;
    }

    include conf.d/*.conf;
}
`);
}

/**
 * Where nginx finds the client's address if a proxy is in front of it.
 * Behind Cloudflare, only Cloudflare's addresses may set the header, and sites refuse all others. The security group does so
 * too; this also holds if the group is opened. The host itself may ask as well, because its monitor does. The security group of
 * a balanced host admits only the load balancer.
 */
function clientAddress(ingress: HostIngress): string {
  if (ingress.kind === 'load-balancer') {
    return `
${VPC_RANGES.map((range) => `    set_real_ip_from ${range};`).join('\n')}
    real_ip_header X-Forwarded-For;
`;
  }
  if (ingress.origin === 'public') return '';
  return `
${CLOUDFLARE_IPV4.map((range) => `    set_real_ip_from ${range};`).join('\n')}
    real_ip_header CF-Connecting-IP;

    geo $realip_remote_addr $from_cloudflare {
        default 0;
        127.0.0.1 1;
${CLOUDFLARE_IPV4.map((range) => `        ${range} 1;`).join('\n')}
    }
`;
}

/** The health check of a load balancer sends no host name: one service answers it for all of them. */
function healthLocation(host: HostDescription, { path, port, servicePath }: BalancerHealth): string {
  return `
        include terrace/choice.conf;

        location = ${path} {
            access_log off;
            proxy_pass http://${upstreamOf(host)(port)}${servicePath};
        }

        location / {
            return 444;
        }`;
}

/** A load balancer closes its connections itself; those of clients are kept for a short time. */
function keepAliveSeconds({ ingress, idleTimeoutSeconds }: HostDescription): number {
  return ingress.kind === 'load-balancer' ? idleTimeoutSeconds + LONGER_SECONDS : KEEP_ALIVE_SECONDS;
}

/**
 * The headers that an application receives, and how long it may be silent. What a client writes about its own address is replaced, unless a proxy in front of
 * nginx has written it: a load balancer appends to the list, as it does where there is no nginx. Scheme and port are then those
 * that it reports.
 */
function proxySettings(host: HostDescription): string {
  const { ingress, idleTimeoutSeconds } = host;
  const direct = ingress.kind === 'direct';
  const [scheme, port] = direct ? ['$scheme', '$server_port'] : ['$http_x_forwarded_proto', '$http_x_forwarded_port'];
  // An empty value removes the header. From Cloudflare it is true: `clientAddress` refuses all others.
  const withoutCloudflare = direct && ingress.origin === 'public' ? 'proxy_set_header CF-Connecting-IP "";\n' : '';
  return script(`
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_set_header Host $host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For ${direct ? '$remote_addr' : '$http_x_forwarded_for'};
proxy_set_header X-Forwarded-Proto ${scheme};
proxy_set_header X-Forwarded-Host $host;
proxy_set_header X-Forwarded-Port ${port};
proxy_set_header Forwarded "";
${withoutCloudflare}${forwardedAuthorization(host)}proxy_read_timeout ${idleTimeoutSeconds}s;
proxy_send_timeout ${idleTimeoutSeconds}s;
proxy_next_upstream error;
`);
}

type DirectIngress = Extract<HostIngress, { kind: 'direct' }>;

function secureSite(name: string, content: string, { origin, strictTransportSecurity }: DirectIngress): string {
  return script(`
${WRITTEN}
server {
    listen 80;
    server_name ${name};

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
    server_name ${name};
    ssl_certificate ${PATHS.certificates}/${name}/fullchain.pem;
    ssl_certificate_key ${PATHS.certificates}/${name}/privkey.pem;
${strictTransportSecurity === undefined ? '' : strictTransport(strictTransportSecurity)}
${origin === 'cloudflare' ? CLOUDFLARE_ONLY : ''}
${content}
}
`);
}

/** Path and query as the visitor wrote them. */
function redirectTo(target: string): string {
  return `    location / {
        return 301 https://${target}$request_uri;
    }`;
}

/** `always`: error responses carry it as well. One of the application is left out: browsers read the first of two. */
const strictTransport = (value: string) => `
    proxy_hide_header Strict-Transport-Security;
    add_header Strict-Transport-Security "${value}" always;
`;

const CLOUDFLARE_ONLY = `
    if ($from_cloudflare = 0) {
        return 403;
    }
`;

/** Without redirect and certificate: the load balancer has both. */
function plainSite(name: string, content: string): string {
  return script(`
${WRITTEN}
server {
    listen 80;
    server_name ${name};

${content}
}
`);
}
