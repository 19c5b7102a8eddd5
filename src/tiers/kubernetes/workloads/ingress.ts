/** The only door to the services: a load balancer that the AWS load balancer controller makes from this. Pure. */
import { resourceName } from '../../../config/names';
import type { ResolvedService } from '../../../config/resolved/environment';
import { TLS_POLICY } from '../../../config/tables/tls-policy';
import { terraformLiteral } from '../../../terraform/literal';
import { planRouting } from '../../../modules/load-balancer/route-priorities';
import { LOAD_BALANCER_LOG_PREFIX } from '../../../modules/storage/bucket-policy';
import type { IngressSettings, WorkloadContext } from './context';
import { commonMetadata, type Labels, type Manifest } from './manifest';
import { CONTROLLER } from './service';

export interface IngressManifest extends Manifest<'networking.k8s.io/v1', 'Ingress'> {
  readonly spec: {
    readonly ingressClassName: 'alb';
    readonly defaultBackend?: Backend;
    readonly rules?: readonly IngressRule[];
  };
}

export interface IngressRule {
  readonly host?: string;
  readonly http: {
    readonly paths: readonly { readonly path: string; readonly pathType: 'ImplementationSpecific'; readonly backend: Backend }[];
  };
}

export interface Backend {
  readonly service: { readonly name: string; readonly port: { readonly number: number } };
}

const EVERY_PATH = '/*';

/**
 * The name of the load balancer, by which edge finds it. Not the one of the Fargate tier: the two stand side by side
 * while an environment climbs.
 */
export function ingressLoadBalancerName(environment: string): string {
  return resourceName(environment, 'pods', 'loadBalancer');
}

/** The ingress of all services with routes. Its rules stand in the order in which they are to be matched. */
export function ingress(context: WorkloadContext, door: IngressSettings, services: readonly ResolvedService[]): IngressManifest {
  const { defaultService, rules } = planRouting(services.filter(({ routes }) => routes.length > 0));
  const backend = (key: string): Backend => ({ service: { name: key, port: { number: portOf(services, key) } } });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { ...commonMetadata(context, 'public'), annotations: annotations(context, door) },
    spec: {
      ingressClassName: 'alb',
      defaultBackend: defaultService === undefined ? undefined : backend(defaultService),
      rules:
        rules.length === 0
          ? undefined
          : rules.map(({ host, paths = [EVERY_PATH], service }) => ({
              host,
              // The only type that the controller leaves in the order given, with the load balancer's own wildcards.
              http: {
                paths: paths.map((path) => ({
                  path: terraformLiteral(path),
                  pathType: 'ImplementationSpecific',
                  backend: backend(service),
                })),
              },
            })),
    },
  };
}

function portOf(services: readonly ResolvedService[], key: string): number {
  const found = services.find((service) => service.key === key);
  if (found === undefined) throw new Error(`a route leads to ${key}, which is no service`);
  return found.port;
}

function annotations(
  { identity, protect }: WorkloadContext,
  { certificateArn, subnetIds, logBucketName, webAclArn, admits }: IngressSettings,
): Labels {
  return {
    [`${CONTROLLER}/load-balancer-name`]: ingressLoadBalancerName(identity.environment),
    [`${CONTROLLER}/scheme`]: 'internet-facing',
    [`${CONTROLLER}/ip-address-type`]: 'ipv4',
    [`${CONTROLLER}/subnets`]: subnetIds.join(','),
    ...entrance(admits),
    [`${CONTROLLER}/target-type`]: 'ip',
    [`${CONTROLLER}/ssl-policy`]: TLS_POLICY,
    [`${CONTROLLER}/certificate-arn`]: certificateArn,
    [`${CONTROLLER}/load-balancer-attributes`]: attributes(protect, logBucketName),
    [`${CONTROLLER}/tags`]: tags(identity.tags),
    ...(webAclArn === undefined ? {} : { [`${CONTROLLER}/wafv2-acl-arn`]: webAclArn }),
  };
}

/**
 * Who comes in, on which ports. CloudFront speaks HTTPS only, and its prefix list counts as 55 of the 60 rules that a
 * security group may have: so there is no port 80 to redirect from.
 */
function entrance(admits: IngressSettings['admits']): Labels {
  if ('prefixListId' in admits) {
    return {
      [`${CONTROLLER}/security-group-prefix-lists`]: admits.prefixListId,
      [`${CONTROLLER}/listen-ports`]: JSON.stringify([{ HTTPS: 443 }]),
    };
  }
  return {
    [`${CONTROLLER}/inbound-cidrs`]: admits.cidrs.join(','),
    [`${CONTROLLER}/listen-ports`]: JSON.stringify([{ HTTP: 80 }, { HTTPS: 443 }]),
    [`${CONTROLLER}/ssl-redirect`]: '443',
  };
}

/** The same settings as the load balancer of the Fargate tier. */
function attributes(protect: boolean, logBucketName: string): string {
  return Object.entries({
    'deletion_protection.enabled': protect,
    'access_logs.s3.enabled': true,
    'access_logs.s3.bucket': logBucketName,
    'access_logs.s3.prefix': LOAD_BALANCER_LOG_PREFIX,
    'idle_timeout.timeout_seconds': 60,
    'routing.http.drop_invalid_header_fields.enabled': true,
    'routing.http.desync_mitigation_mode': 'defensive',
    'routing.http.preserve_host_header.enabled': true,
    'routing.http2.enabled': true,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** The environment's tags; one with a comma or an equals sign cannot be said in an annotation and stays off the load balancer. */
function tags(all: Labels): string {
  return Object.entries(all)
    .filter((pair) => pair.every((text) => !/[,=]/.test(text)))
    .map(([name, value]) => terraformLiteral(`${name}=${value}`))
    .join(',');
}
