/** Inputs about calls between services and connections out of containers, refused and accepted. */
import type { Accepted, Refused } from '../../support/refusals';
import { changed, type Change, type Json } from '../../support/rich';
import { kubernetes } from './refused-inputs';

/** A service that only `runner` and `sync` call. */
export function called(e: Json, ...callers: readonly string[]): Json {
  return (e.services.reports = {
    ...structuredClone(e.services.api),
    port: 8081,
    routes: [],
    health: { path: '/health', command: 'true' },
    callers,
  });
}

const anywhere = { cidr: '0.0.0.0/0', port: 587 };
const mail = { endpoint: 'email-smtp', port: 587 };
const partner = { cidr: '203.0.113.10/32', port: 22 };

function smtp(e: Json, ...egress: readonly Json[]): void {
  Object.assign(e.network, { interfaceEndpoints: ['email-smtp'], egress });
}

function withoutNat(e: Json, egress: readonly Json[]): void {
  Object.assign(e.network, { nat: 'none', interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'email-smtp'] });
  e.services.api.egress = egress;
}

// prettier-ignore
const REFUSED_TRAFFIC_CHANGES: readonly (readonly [name: string, change: Change, path: string, rule: string | undefined, words: RegExp])[] = [
  ['a caller that is no container', (e) => called(e, 'runer'), 'services.reports.callers[0]', 'caller-known', /did you mean "runner"/],
  ['a caller that Terrace adds', (e) => called(e, 'database-init'), 'services.reports.callers[0]', 'caller-known', /api, reports, runner, sync/],
  ['a caller twice', (e) => called(e, 'runner', 'runner'), 'services.reports.callers', 'caller-known', /each caller once/],
  ['callers of a worker', (e) => (e.workers.runner.callers = ['api']), 'workers.runner.callers', undefined, /move the whole entry to `services`/],
  ['a reference to a service that is not declared', (e) => { called(e, 'api'); e.services.api.environment.R = { from: 'service.report.url' }; }, 'services.api.environment.R.from', 'caller-declared', /did you mean "reports"/],
  ['a reference to a service that does not admit it', (e) => { called(e, 'runner'); e.services.api.environment.R = { from: 'service.reports.url' }; }, 'services.api.environment.R.from', 'caller-declared', /add "api" to services\.reports\.callers/],
  ['a reference of a job to a service that does not admit it', (e) => { called(e, 'runner'); e.jobs.sync.environment = { R: { from: 'service.reports.host' } }; }, 'jobs.sync.environment.R.from', 'caller-declared', /add "sync"/],
  ['a fact that services do not have', (e) => { called(e, 'api'); e.services.api.environment.R = { from: 'service.reports.address' }; }, 'services.api.environment.R.from', undefined, /service\.<name>\.url\|host\|port/],
  ['HTTPS among the destinations', (e) => (e.services.api.egress = [{ cidr: '203.0.113.0/24', port: 443 }]), 'services.api.egress[0].port', 'egress-https', /does not narrow/],
  ['a destination twice', (e) => (e.network.egress = [partner, { port: 22, cidr: '203.0.113.10/32' }]), 'network.egress[1]', 'egress-once', /network\.egress\[0\]/],
  ['a destination by host name', (e) => (e.services.api.egress = [{ host: 'sftp.partner.example', port: 22 }]), 'services.api.egress[0].host', undefined, /cannot compare host names/],
  ['a destination without a port', (e) => (e.services.api.egress = [{ cidr: '203.0.113.10/32' }]), 'services.api.egress[0].port', undefined, /./],
  ['an endpoint that does not exist', (e) => (e.workers.runner.egress = [mail]), 'workers.runner.egress[0].endpoint', 'egress-endpoint', /network\.interfaceEndpoints.*0\.0\.0\.0\/0/],
  ['a port that the endpoint does not have', (e) => smtp(e, { ...mail, port: 443 }), 'network.egress[0].port', undefined, /587/],
  ['the metadata of the host', (e) => (e.jobs.sync.egress = [{ cidr: '169.254.169.254/32', port: 80 }]), 'jobs.sync.egress[0].cidr', 'egress-metadata', /credentials/],
  ['every server on a port', (e) => (e.network.egress = [anywhere]), 'network.egress[0]', 'egress-wide', /acknowledge: \{ 'egress-wide': \{ 'network\.egress\[0\] = port 587 of 0\.0\.0\.0\/0'/],
  ['half of the internet on a port', (e) => (e.network.egress = [{ cidr: '128.0.0.0/1', port: 22 }]), 'network.egress[0]', 'egress-wide', /at most \/16/],
  ['a partner where there is no NAT', (e) => withoutNat(e, [partner, mail]), 'services.api.egress[0].cidr', 'egress-route', /inside of 10\.0\.0\.0\/16/],
  ['a partner where pods have no NAT', (e) => { kubernetes(e); withoutNat(e, [partner, mail]); }, 'services.api.egress[0].cidr', 'egress-route', /nat is "none"/],
];

// prettier-ignore
const ACCEPTED_TRAFFIC_CHANGES: readonly (readonly [name: string, change: Change])[] = [
  ['a service that a worker and a job call', (e) => { called(e, 'runner', 'sync'); for (const one of [e.workers.runner, e.jobs.sync]) one.environment = { R: { from: 'service.reports.url' } }; }],
  ['two services that call each other', (e) => { called(e, 'api').environment.API = { from: 'service.api.url' }; Object.assign(e.services.api, { callers: ['reports'] }); e.services.api.health.command = 'true'; e.services.api.environment.R = { from: 'service.reports.port' }; }],
  ['a partner by address', (e) => (e.services.api.egress = [partner])],
  ['a private network of any size', (e) => (e.services.api.egress = [{ cidr: '10.0.0.0/8', port: 8080 }])],
  ['every server on a port, acknowledged', (e) => { e.network.egress = [anywhere]; e.acknowledge = { 'egress-wide': { 'network.egress[0] = port 587 of 0.0.0.0/0': 'SES has no fixed addresses' } }; }],
  ['mail through the endpoint', (e) => smtp(e, mail)],
  ['mail of one container through the endpoint, without NAT', (e) => withoutNat(e, [mail, { cidr: '10.0.0.0/24', port: 8080 }])],
];

export const REFUSED_TRAFFIC: readonly Refused[] = REFUSED_TRAFFIC_CHANGES.map(([name, change, ...answer]) => [
  name,
  changed(change),
  ...answer,
]);

export const ACCEPTED_TRAFFIC: readonly Accepted[] = ACCEPTED_TRAFFIC_CHANGES.map(([name, change]) => [name, changed(change)]);

/** The rule that warns, the change that it warns of, and one next to it that it does not warn of. */
export const WARNED_TRAFFIC: readonly (readonly [rule: string, change: Change, without: Change])[] = [
  ['service-unreachable', (e) => called(e), (e) => called(e, 'api')],
  ['service-unreachable', (e) => called(e, 'reports'), (e) => called(e, 'sync')],
  ['caller-health', (e) => delete called(e, 'api').health.command, (e) => called(e, 'api')],
  ['smtp-endpoint-unused', (e) => smtp(e), (e) => smtp(e, mail)],
];
