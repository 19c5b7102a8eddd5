/** NAT, public addresses, endpoints, load balancers. */
import { elementsOf } from '../../terraform/root-module';
import { isTrue, textOf } from '../stacks';
import { HOURS, hourly, used, type Charge, type Formula, type FormulaContext } from '../charge';
import { capacityUnits, publicTraffic } from './traffic';

const ADDRESS = 'vpc/public-ipv4.in-use-or-idle';

const natGateway: Formula = (_, { stacks, usage }) => [
  hourly('Network', 'NAT gateway', 'vpc/nat-gateway.hour'),
  ...used({
    kind: 'Network',
    what: 'data through the NAT gateway',
    price: 'vpc/nat-gateway.data-processed',
    unit: 'GB',
    quantity: usage.natGb.value / stacks.ofType('aws_nat_gateway').length,
  }),
];

const address: Formula = () => [hourly('Network', 'public IPv4 address', ADDRESS)];

/** Gateway endpoints are free; the others cost for each zone. */
const endpoint: Formula = (block, { stacks, usage }) => {
  if (block.vpc_endpoint_type !== 'Interface') return [];
  const endpoints = stacks.ofType('aws_vpc_endpoint').filter(({ block: { vpc_endpoint_type: type } }) => type === 'Interface');
  const zones = elementsOf(block.subnet_ids).length;
  const carried = stacks.ofType('aws_nat_gateway').length === 0 ? usage.natGb.value : 0;
  return [
    hourly(
      'Network',
      `interface endpoint in ${zones} ${zones === 1 ? 'zone' : 'zones'}`,
      'vpc/interface-endpoint.hour-per-az',
      zones,
    ),
    ...used({
      kind: 'Network',
      what: 'data through the endpoint',
      price: 'vpc/interface-endpoint.data-first-1PB',
      unit: 'GB',
      quantity: carried / endpoints.length,
    }),
  ];
};

/** An application load balancer: hours, capacity, and an address in each zone when the public reaches it. */
function balancerCharges(zones: number, isPublic: boolean, context: FormulaContext): readonly Charge[] {
  return [
    hourly('Load balancer', 'application load balancer', 'elb/alb.hour'),
    ...capacityUnits(context),
    ...(isPublic
      ? [
          {
            ...hourly('Network', `public IPv4 addresses of the load balancer, one in each of ${zones} zones`, ADDRESS),
            quantity: HOURS * zones,
          },
        ]
      : []),
    ...publicTraffic(context),
  ];
}

const loadBalancer: Formula = (block, context) => {
  if (textOf(block.load_balancer_type, 'application') !== 'application')
    return [hourly('Load balancer', 'network load balancer', 'elb/nlb.hour')];
  return balancerCharges(elementsOf(block.subnets).length, !isTrue(block.internal), context);
};

/** The load balancer that the controller creates for an ingress of class `alb`. */
const ingress: Formula = (block, context) => {
  const { annotations } = (block.metadata ?? {}) as { readonly annotations?: Readonly<Record<string, unknown>> };
  const setting = (name: string): string => textOf(annotations?.[`alb.ingress.kubernetes.io/${name}`]);
  const zones = setting('subnets')
    .split(',')
    .filter((id) => id !== '').length;
  return balancerCharges(zones, setting('scheme') === 'internet-facing', context);
};

/** A service of type LoadBalancer would get a network load balancer; others cost nothing. */
const kubernetesService: Formula = (block) => {
  const { type } = (block.spec ?? {}) as { readonly type?: unknown };
  return type === 'LoadBalancer' ? [hourly('Load balancer', 'network load balancer', 'elb/nlb.hour')] : [];
};

export const NETWORK: Readonly<Record<string, Formula>> = {
  aws_nat_gateway: natGateway,
  aws_eip: address,
  aws_vpc_endpoint: endpoint,
  aws_lb: loadBalancer,
  kubernetes_ingress_v1: ingress,
  kubernetes_service_v1: kubernetesService,
};
