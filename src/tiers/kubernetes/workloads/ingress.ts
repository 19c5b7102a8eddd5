/** The public entry point: an Ingress, for which the AWS load balancer controller creates a load balancer. Pure. */
import type { Ingress } from 'kubernetes-types/networking/v1';
import { resourceName } from '../../../config/names';
import type { ResolvedService } from '../../../config/resolved/environment';
import { TLS_POLICY } from '../../../config/tables/tls-policy';
import { permanentRedirect, planRedirects, type RedirectRule } from '../../../modules/load-balancer/redirect-rules';
import { planRouting } from '../../../modules/load-balancer/route-priorities';
import { LOAD_BALANCER_LOG_PREFIX } from '../../../modules/storage/bucket-policy';
import { commonMetadata, type IngressSettings, type Labels, type WorkloadContext } from './context';
import { CONTROLLER } from './service';

const EVERY_PATH = '/*';

/** Source: Elastic Load Balancing API reference, ListenerAttribute. The controller splits the annotation at the first `=` only. */
const STRICT_TRANSPORT_ATTRIBUTE = 'routing.http.response.strict_transport_security.header_value';

/**
 * The name of the load balancer, by which edge looks it up. It differs from the Fargate tier's, because both run side by
 * side while an environment changes its tier.
 */
export function ingressLoadBalancerName(environment: string): string {
  return resourceName(environment, 'pods', 'loadBalancer');
}

export type IngressManifest = ReturnType<typeof ingress>;

/** The Ingress of all services with routes. Its rules are in the order in which they are matched. */
export function ingress(context: WorkloadContext, settings: IngressSettings, services: readonly ResolvedService[]) {
  const routed = services.filter(({ routes }) => routes.length > 0);
  const { defaultService, rules } = planRouting(routed, settings.knownHosts);
  const redirects = planRedirects(settings.redirects ?? [], routed);
  const backend = (key: string): IngressBackend => ({ service: { name: key, port: { number: portOf(services, key) } } });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      ...commonMetadata(context, 'public'),
      annotations: { ...annotations(context, settings), ...redirectActions(redirects) },
    },
    spec: {
      ingressClassName: 'alb',
      defaultBackend: defaultService === undefined ? undefined : backend(defaultService),
      rules:
        redirects.length + rules.length === 0
          ? undefined
          : [
              ...redirects.flatMap(({ id, hosts }) => hosts.map((host) => ingressRule(host, [EVERY_PATH], redirectBackend(id)))),
              ...rules.flatMap(({ hosts = [undefined], paths = [EVERY_PATH], service }) =>
                hosts.map((host) => ingressRule(host, paths, backend(service))),
              ),
            ],
    },
  } satisfies Ingress;
}

function ingressRule(host: string | undefined, paths: readonly string[], backend: IngressBackend) {
  return {
    host,
    http: {
      paths: paths.map((path) => ({
        path,
        // The only type for which the controller keeps the order, and that takes the load balancer's wildcards.
        pathType: 'ImplementationSpecific',
        backend,
      })),
    },
  };
}

interface IngressBackend {
  readonly service: { readonly name: string; readonly port: { readonly number: number } | { readonly name: string } };
}

/** Not a service: the controller reads the annotation of this name. */
function redirectBackend(action: string): IngressBackend {
  return { service: { name: action, port: { name: 'use-annotation' } } };
}

/** Source: AWS load balancer controller, "Ingress annotations", actions. */
function redirectActions(redirects: readonly RedirectRule[]): Labels {
  return Object.fromEntries(
    redirects.map(({ id, target }) => [
      `${CONTROLLER}/actions.${id}`,
      JSON.stringify({ type: 'redirect', redirectConfig: permanentRedirect(target) }),
    ]),
  );
}

function portOf(services: readonly ResolvedService[], key: string): number {
  const found = services.find((service) => service.key === key);
  if (found === undefined) throw new Error(`a route leads to ${key}, which is not a service`);
  return found.port;
}

function annotations({ identity, protect }: WorkloadContext, settings: IngressSettings): Labels {
  const { scheme, certificateArn, subnetIds, webAclArn, strictTransportSecurity, admits } = settings;
  return {
    [`${CONTROLLER}/load-balancer-name`]: ingressLoadBalancerName(identity.environment),
    [`${CONTROLLER}/scheme`]: scheme,
    [`${CONTROLLER}/ip-address-type`]: 'ipv4',
    [`${CONTROLLER}/subnets`]: subnetIds.join(','),
    ...listenerAnnotations(admits),
    [`${CONTROLLER}/target-type`]: 'ip',
    [`${CONTROLLER}/ssl-policy`]: TLS_POLICY,
    [`${CONTROLLER}/certificate-arn`]: certificateArn,
    [`${CONTROLLER}/load-balancer-attributes`]: loadBalancerAttributes(protect, settings),
    ...(strictTransportSecurity === undefined
      ? {}
      : { [`${CONTROLLER}/listener-attributes.HTTPS-443`]: `${STRICT_TRANSPORT_ATTRIBUTE}=${strictTransportSecurity}` }),
    [`${CONTROLLER}/tags`]: tags(identity.tags),
    ...(webAclArn === undefined ? {} : { [`${CONTROLLER}/wafv2-acl-arn`]: webAclArn }),
  };
}

/**
 * Who may connect, on which ports. CloudFront connects by HTTPS only, and its prefix list counts as 55 of the 60 rules that
 * a security group may have, so there is no port 80 to redirect from.
 */
function listenerAnnotations(admits: IngressSettings['admits']): Labels {
  switch (admits.kind) {
    case 'prefix-list':
      return {
        [`${CONTROLLER}/security-group-prefix-lists`]: admits.id,
        [`${CONTROLLER}/listen-ports`]: JSON.stringify([{ HTTPS: 443 }]),
      };
    case 'networks':
      return {
        [`${CONTROLLER}/inbound-cidrs`]: admits.cidrs.join(','),
        [`${CONTROLLER}/listen-ports`]: JSON.stringify([{ HTTP: 80 }, { HTTPS: 443 }]),
        [`${CONTROLLER}/ssl-redirect`]: '443',
      };
  }
}

/** The same settings as the load balancer of the Fargate tier. */
function loadBalancerAttributes(
  protect: boolean,
  { logBucketName, idleTimeoutSeconds }: Pick<IngressSettings, 'logBucketName' | 'idleTimeoutSeconds'>,
): string {
  return Object.entries({
    'deletion_protection.enabled': protect,
    'access_logs.s3.enabled': true,
    'access_logs.s3.bucket': logBucketName,
    'access_logs.s3.prefix': LOAD_BALANCER_LOG_PREFIX,
    'idle_timeout.timeout_seconds': idleTimeoutSeconds,
    'routing.http.drop_invalid_header_fields.enabled': true,
    'routing.http.desync_mitigation_mode': 'defensive',
    'routing.http.preserve_host_header.enabled': true,
    'routing.http2.enabled': true,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** The environment's tags. An annotation cannot express a comma or an equals sign: such a tag is not set on the load balancer. */
function tags(all: Labels): string {
  return Object.entries(all)
    .filter((pair) => pair.every((text) => !/[,=]/.test(text)))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
