/** Environments whose previews are refused, and next to them what is accepted: each a change of one with previews. */
import type { Accepted, Refused } from '../../support/refusals';
import { previewed } from '../../support/previewed';
import type { Change, Json } from '../../support/rich';

const api = (e: Json): Json => e.services.api;
const mail = { actions: ['ses:SendEmail'], resources: ['arn:aws:ses:eu-west-1:123456789012:identity/shop.example'] };

/** A second service, which the first calls. */
function withCall(e: Json): void {
  e.services.back = { ...structuredClone(api(e)), routes: [], callers: ['api'] };
  api(e).environment = { ...api(e).environment, BACK: { from: 'service.back.url' } };
}

// prettier-ignore
const REFUSED_CHANGES: readonly (readonly [name: string, change: Change, path: string, rule: string | undefined, words: RegExp])[] = [
  ['a tag of images without the number', (e) => (e.preview.images.api = 'latest'), 'preview.images.api', undefined, /\{number\}/],
  ['a preview that lives for ever', (e) => (e.preview.lifetimeDays = 90), 'preview.lifetimeDays', undefined, /1 to 30/],
  ['no container at all', (e) => (e.preview.containers = []), 'preview.containers', undefined, /at least/],
  ['previews of a protected environment', (e) => (e.protect = true), 'preview', 'preview-possible', /nobody has reviewed/],
  ['previews on a box', (e) => (e.tier = 'box'), 'preview', 'preview-tier', /role, the memory and the disk of its host.*fargate/],
  ['previews on Kubernetes', (e) => (e.tier = 'kubernetes'), 'preview', 'preview-tier', /Ingress.*fargate/],
  ['previews with states in HCP Terraform', (e) => (e.backend = { kind: 'cloud', organization: 'acme' }), 'preview', 'preview-possible', /workspace.*S3/],
  ['previews without names', (e) => delete e.domain, 'preview', 'preview-reachable', /load balancer to share/],
  ['previews without routes', (e) => (api(e).routes = []), 'preview', 'preview-reachable', /load balancer to share/],
  ['previews behind CloudFront', (e) => (e.edge = { cdn: {} }), 'preview', 'preview-reachable', /CloudFront only/],
  ["previews behind Cloudflare's proxy", (e) => { e.domain.provider = 'cloudflare'; e.edge = { cloudflare: { plan: 'free' } }; }, 'preview', 'preview-reachable', /not proxied/],
  ['a first name that is too long with a number', (e) => (e.domain.names = [`${'x'.repeat(44)}.shop.example`]), 'domain.names[0]', 'preview-reachable', /at most 55/],
  ['a container that is not declared', (e) => (e.preview.containers = ['apu']), 'preview.containers[0]', 'preview-declared', /api, runner/],
  ['a job as a container', (e) => (e.preview.containers = ['migrate']), 'preview.containers[0]', 'preview-declared', /one of/],
  ['a container twice', (e) => (e.preview.containers = ['api', 'api']), 'preview.containers', 'preview-declared', /once/],
  ['a job that is not declared', (e) => (e.preview.jobs = ['migrat']), 'preview.jobs[0]', 'preview-declared', /sync, migrate/],
  ['an image that is not declared', (e) => (e.preview.images = { web: 'pr-{number}' }), 'preview.images.web', 'preview-declared', /one of: api/],
  ['a call of a service that previews do not have', (e) => { withCall(e); e.preview.containers = ['api']; }, 'services.api.environment.BACK.from', 'preview-calls', /previews do not call services of their environment/],
  ['a queue with the name of a preview', (e) => (e.queues['pr-12-work'] = {}), 'queues.pr-12-work', 'preview-names', /rename/],
  ['a database with the name of a preview, which its end would drop', (e) => (e.database.name = 'pr_12'), 'database.name', 'preview-names', /drops the database/],
  ['a login with the name of a preview', (e) => (e.database.roles.pr_12_app = {}), 'database.roles.pr_12_app', 'preview-names', /rename it before/],
  ['a host name with the name of a preview', (e) => e.domain.names.push('pr-12.dev.shop.example'), 'domain.names[2]', 'preview-names', /another name/],
  ['a job with the name of a job of previews', (e) => (e.jobs['database-drop'] = structuredClone(e.jobs.migrate)), 'jobs.database-drop', 'preview-names', /rename/],
  ['a priority that previews have', (e) => (api(e).routes[0].priority = 10_000), 'services.api.routes[0].priority', 'preview-routes', /below 10000, or from 40000/],
  ['a low priority without a host, which would receive requests of previews', (e) => delete api(e).routes[0].host, 'services.api.routes[0].priority', 'preview-routes', /add `host`/],
  ['five paths without a host', (e) => (api(e).routes[1].paths = ['/a', '/b', '/c', '/d', '/e']), 'services.api.routes[1].paths', 'preview-routes', /at most 4 paths/],
  ['more rules than a preview may have', (e) => (api(e).routes = [{}, ...Array.from({ length: 15 }, (_, index) => ({ paths: [`/${index}`] }))]), 'preview', 'preview-routes', /at most 16/],
  ['a file system in a container of previews', (e) => (api(e).mounts = [{ fileSystem: 'files', accessPoint: 'uploads', path: '/data' }]), 'services.api.mounts', 'preview-data', /in a bucket/],
  ["the environment's own path of secrets", (e) => (api(e).permissions = [{ secretPath: '/shop/dev/users', access: 'read' }]), 'services.api.permissions[0].secretPath', 'preview-data', /leading slash/],
  ['an action on a bucket by its ARN', (e) => (api(e).permissions = [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::shop-dev-uploads/a'] }]), 'services.api.permissions[0].actions', 'preview-data', /declare the bucket/],
  ['the same in a job that previews run', (e) => (e.jobs.migrate.permissions = [{ actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:eu-west-1:123456789012:shop-dev-work'] }]), 'jobs.migrate.permissions[0].actions', 'preview-data', /on data/],
  ['a permission by ARN that is not acknowledged', (e) => (api(e).permissions = [mail]), 'services.api.permissions[0]', 'preview-permissions', /accept that previews do the same.*'preview-permissions'/],
];

export const REFUSED_PREVIEWS: readonly Refused[] = REFUSED_CHANGES.map(([name, change, ...rest]) => [
  name,
  previewed(change),
  ...rest,
]);

const ACCEPTED_CHANGES: readonly (readonly [name: string, change: Change])[] = [
  ['an environment with previews', () => undefined],
  ['previews with every default', (e) => (e.preview = {})],
  ['a call of a service that previews have', (e) => (withCall(e), (e.preview.containers = ['api', 'back']))],
  ['states in local files', (e) => (e.backend = { kind: 'local' })],
  ['a first name that just fits', (e) => ((e.domain.names = [`${'x'.repeat(42)}.shop.example`]), (api(e).routes = [{}]))],
  ['a priority above those of previews', (e) => (api(e).routes[0].priority = 40_000)],
  [
    'as many rules as a preview may have',
    (e) => (api(e).routes = Array.from({ length: 8 }, (_, index) => ({ paths: [`/${index}`] }))),
  ],
  [
    'a file system in a container that previews do not run',
    (e) => {
      e.preview.containers = ['api'];
      e.workers.runner.mounts = [{ fileSystem: 'files', accessPoint: 'uploads', path: '/data' }];
    },
  ],
  [
    'an action on data in a job that previews do not run',
    (e) => {
      e.jobs.sync.permissions = [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::shop-dev-uploads/a'] }];
    },
  ],
  ['a path of secrets below that of the preview', (e) => (api(e).permissions = [{ secretPath: 'users', access: 'read' }])],
  [
    'the name of a preview in an environment without previews',
    (e) => {
      delete e.preview;
      e.queues['pr-12-work'] = {};
    },
  ],
];

export const ACCEPTED_PREVIEWS: readonly Accepted[] = ACCEPTED_CHANGES.map(([name, change]) => [name, previewed(change)]);
