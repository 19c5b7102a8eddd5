/** nginx behind a load balancer: plain HTTP to it alone, its word for who calls and how, and an answer to its health check. Pure. */
import { script } from './text';
import type { BehindBalancer, HostSite } from './types';

/** Networks that a VPC may have. RFC 1918 and RFC 6598. */
const VPC_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** The security group lets only the load balancer in, so its header is believed. */
export const CALLER_BEHIND_BALANCER = `
${VPC_RANGES.map((range) => `    set_real_ip_from ${range};`).join('\n')}
    real_ip_header X-Forwarded-For;
`;

/** The health check names no host: it is answered by one service for all of them. Whoever else names none gets no answer. */
export function balancedDefault({ health: { path, port, servicePath } }: BehindBalancer): string {
  return `
        location = ${path} {
            access_log off;
            proxy_pass http://127.0.0.1:${port}${servicePath};
        }

        location / {
            return 444;
        }`;
}

/** What applications learn: HTTPS ended at the load balancer, not here. */
export function balancedProxy(proxy: string): string {
  return proxy
    .replace('X-Forwarded-Proto $scheme;', 'X-Forwarded-Proto $http_x_forwarded_proto;')
    .replace('X-Forwarded-Port $server_port;', 'X-Forwarded-Port $http_x_forwarded_port;');
}

/** A site without redirect and certificate: both are the load balancer's. */
export function balancedSite({ name }: HostSite, locations: string): string {
  return script(`
# Written from the environment file: changes made here are overwritten.
server {
    listen 80;
    server_name ${name};

${locations}
}
`);
}
