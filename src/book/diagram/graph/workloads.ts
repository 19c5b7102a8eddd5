/** ECS: load balancers, services, workers and jobs; and the functions and builders next to them. */
import { isObject, nestedBlocks, type Block } from '../../../terraform/root-module';
import type { Place } from '../types';
import { keyOf, parsedList, textOf, type Estate, type Found } from './estate';
import { count, facts, type Graph } from './graph';
import { addRegion, whereIn } from './network';

export function addWorkloads(graph: Graph, estate: Estate): void {
  for (const found of estate.all('aws_lb')) addLoadBalancer(graph, estate, found);
  const services = estate.all('aws_ecs_service');
  for (const found of services) addService(graph, estate, found);
  for (const found of estate.all('aws_ecs_task_definition')) {
    if (graph.at(found.place) === undefined) addJob(graph, estate, found);
  }
  for (const found of estate.all('aws_serverlessapplicationrepository_cloudformation_stack')) addRotation(graph, estate, found);
  for (const found of estate.all('aws_codebuild_project')) addBuilder(graph, estate, found);
}

function addLoadBalancer(graph: Graph, estate: Estate, { place, block }: Found): void {
  const { group, line } = whereIn(graph, estate, estate.referencesOf(place.stack, block.subnets, 'aws_subnet'));
  const listeners = estate
    .all('aws_lb_listener')
    .filter((listener) => leadsTo(estate, listener, listener.block.load_balancer_arn, place));
  const id = graph.addNode({
    id: keyOf(place),
    kind: 'load-balancer',
    group,
    title: 'Load balancer',
    lines: [block.internal === true ? 'internal' : 'internet-facing', ...(line === undefined ? [] : [line])],
    addresses: [place, ...listeners.map((listener) => listener.place)],
    facts: [
      ...facts({ Name: textOf(block.name), 'Idle timeout': `${textOf(block.idle_timeout, '60')} s` }),
      ...listeners.map(({ block: listener }) => ({
        label: `Listener ${textOf(listener.port)}`,
        value: [textOf(listener.protocol), textOf(listener.ssl_policy)].filter((part) => part !== '').join(', '),
      })),
    ],
  });
  graph.join(estate.referencesOf(place.stack, block.security_groups, 'aws_security_group'), { id });
}

function addService(graph: Graph, estate: Estate, { place, name, block }: Found): void {
  const { stack } = place;
  const network = nestedBlocks(block.network_configuration)[0] ?? {};
  const [definition] = estate.referencesOf(stack, block.task_definition, 'aws_ecs_task_definition');
  const { group, line } = whereIn(graph, estate, estate.referencesOf(stack, network.subnets, 'aws_subnet'));
  const target = estate.all('aws_appautoscaling_target').find((found) => leadsTo(estate, found, found.block.resource_id, place));
  const targetGroups = nestedBlocks(block.load_balancer).flatMap(({ target_group_arn: arn }) =>
    estate.referencesOf(stack, arn, 'aws_lb_target_group'),
  );
  const kind = name.startsWith('worker-') ? 'worker' : 'service';
  const replicas =
    target === undefined ? textOf(block.desired_count) : range(target.block.min_capacity, target.block.max_capacity);
  const task = definition === undefined ? undefined : estate.blockAt(definition);
  const spot = nestedBlocks(block.capacity_provider_strategy).some(
    ({ capacity_provider: provider }) => provider === 'FARGATE_SPOT',
  );
  const id = graph.addNode({
    id: keyOf(place),
    kind,
    group,
    title: name.replace(/^(service|worker)-/, '').replace(/_service$/, ''),
    lines: [
      `${kind === 'worker' ? 'Worker' : 'Service'} · Fargate${spot ? ' Spot' : ''}`,
      sizeOf(task),
      [replicas === '1' ? '1 task' : `${replicas} tasks`, ...(line === undefined ? [] : [line])].join(' · '),
    ],
    addresses: [
      place,
      ...(definition === undefined ? [] : [definition]),
      ...targetGroups,
      ...(target === undefined ? [] : [target.place]),
    ],
    facts: [
      ...facts({
        'ECS service': textOf(block.name),
        Size: sizeOf(task),
        Tasks: replicas,
        'CPU architecture': architectureOf(task),
        'Health check': targetGroups.map((one) => healthOf(estate.blockAt(one))).join(', '),
      }),
      ...containerFacts(task),
    ],
  });
  graph.join(estate.referencesOf(stack, network.security_groups, 'aws_security_group'), { id });
}

/** A task definition that no service runs: a state machine starts it, by its family. */
function addJob(graph: Graph, estate: Estate, { place, name, block }: Found): void {
  const family = textOf(block.family);
  const key = name.replace(/^job-/, '').replace(/_task_definition$/, '');
  const machine = estate
    .all('aws_sfn_state_machine')
    .find(
      ({ place: { stack }, block: { definition } }) =>
        stack === place.stack && textOf(definition).includes(`"family":"${family}"`),
    );
  const schedule =
    machine &&
    estate
      .all('aws_scheduler_schedule')
      .find((found) => leadsTo(estate, found, nestedBlocks(found.block.target)[0]?.arn, machine.place));
  const { group } = whereIn(
    graph,
    estate,
    machine === undefined ? [] : estate.referencesOf(place.stack, machine.block.definition, 'aws_subnet'),
  );
  const expression = textOf(schedule?.block.schedule_expression);
  const timezone = textOf(schedule?.block.schedule_expression_timezone);
  const id = graph.addNode({
    id: keyOf(place),
    kind: 'job',
    group,
    title: key,
    lines: [`Job · ${expression === '' ? 'started by hand' : 'on a schedule'}`, sizeOf(block)],
    addresses: [place, ...[machine, schedule].flatMap((found) => (found === undefined ? [] : [found.place]))],
    facts: [
      ...facts({ Schedule: expression, 'Time zone': timezone, Size: sizeOf(block), 'CPU architecture': architectureOf(block) }),
      ...containerFacts(block),
    ],
  });
  if (machine !== undefined) graph.join(estate.referencesOf(place.stack, machine.block.definition, 'aws_security_group'), { id });
  if (schedule !== undefined) {
    for (const queue of estate.referencesOf(
      place.stack,
      nestedBlocks(schedule.block.target)[0]?.dead_letter_config,
      'aws_sqs_queue',
    )) {
      const to = graph.at(queue);
      if (to !== undefined) graph.addEdge('copy', { from: id, to, label: 'not started', allowedBy: [schedule.place] });
    }
  }
}

/** The functions of AWS that rotate passwords, all in one node. */
function addRotation(graph: Graph, estate: Estate, { place, block }: Found): void {
  const parameters = isObject(block.parameters) ? block.parameters : {};
  const { group } = whereIn(graph, estate, estate.referencesOf(place.stack, parameters.vpcSubnetIds, 'aws_subnet'));
  const groups = estate.referencesOf(place.stack, parameters.vpcSecurityGroupIds, 'aws_security_group');
  const id = `${keyOf(groups[0] ?? place)}/functions`;
  const joined = graph.node(id) !== undefined;
  graph.addNode({
    id,
    kind: 'function',
    group,
    title: 'Password rotation',
    lines: ['Lambda functions'],
    addresses: [place],
    facts: facts({ Function: textOf(parameters.functionName) }),
  });
  if (!joined) graph.join(groups, { id });
}

function addBuilder(graph: Graph, estate: Estate, { place, name, block, region }: Found): void {
  const environment = nestedBlocks(block.environment)[0] ?? {};
  const id = graph.addNode({
    id: keyOf(place),
    kind: 'builder',
    group: addRegion(graph, region),
    title: /^builder-(.+)_project$/.exec(name)?.[1] ?? name,
    lines: ['Builder · CodeBuild'],
    addresses: [place],
    facts: facts({
      Project: textOf(block.name),
      'Compute type': textOf(environment.compute_type),
      'Build timeout': `${textOf(block.build_timeout)} minutes`,
    }),
  });
  for (const { security_group_ids: groups } of nestedBlocks(block.vpc_config)) {
    graph.join(estate.referencesOf(place.stack, groups, 'aws_security_group'), { id });
  }
}

const range = (min: unknown, max: unknown): string => (min === max ? textOf(min) : `${textOf(min)}–${textOf(max)}`);

function sizeOf(task: Block | undefined): string {
  const cpu = Number(task?.cpu ?? 0) / 1024;
  const memory = Number(task?.memory ?? 0);
  return `${cpu} vCPU · ${memory % 1024 === 0 ? `${memory / 1024} GiB` : memory > 1024 ? `${(memory / 1024).toFixed(1)} GiB` : `${memory} MiB`}`;
}

function architectureOf(task: Block | undefined): string {
  return textOf(nestedBlocks(task?.runtime_platform)[0]?.cpu_architecture);
}

function healthOf(targetGroup: Block | undefined): string {
  const check = nestedBlocks(targetGroup?.health_check)[0];
  return check === undefined ? '' : `${textOf(check.path)} every ${textOf(check.interval)} s`;
}

function containerFacts(task: Block | undefined) {
  return parsedList(task?.container_definitions).map(({ name, secrets }) => ({
    label: `Container ${textOf(name)}`,
    value: count(nestedBlocks(secrets).length, 'secret variable'),
  }));
}

function leadsTo(estate: Estate, { place }: Found, value: unknown, target: Place): boolean {
  return estate.references(place.stack, value).some((one) => keyOf(one) === keyOf(target));
}
