/** What sleep switches off on each tier, what Terraform then ignores, and who may do it. */
import jsonata from 'jsonata';
import { boundaryStatements } from '../../src/modules/bootstrap/boundary';
import { readableContents } from '../../src/modules/bootstrap/readable-contents';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { boxed, boxSection, moved } from '../support/boxed';
import { synthesised } from '../support/environments';
import { example } from '../support/example';
import { isAllowed, statementsOf } from '../support/iam-evaluator';
import { execute } from '../support/state-machine';
import { resourcesOf, synthEnvironment, type RootModule } from '../support/synth';

const SLEEP: NonNullable<EnvironmentInput['sleep']> = {
  from: '0 20 * * 1-5',
  until: '0 7 * * 1-5',
  timezone: 'Europe/Berlin',
};
const DAYTIME = { backupWindow: '10:00-11:00', maintenanceWindow: 'wed:12:00-wed:13:00' } as const;

const withSleep = (environment: EnvironmentInput): EnvironmentInput => {
  const { database } = environment;
  return {
    ...environment,
    sleep: SLEEP,
    ...(database?.placement === 'managed' ? { database: { ...database, ...DAYTIME } } : {}),
  };
};

const fargate = withSleep(
  example({
    queues: { work: {} },
    workers: { runner: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 0, max: 3 }, scaling: { queue: 'work' } } },
    jobs: { sync: { image: 'api', vcpu: 0.25, memoryMib: 512, schedule: '0 12 * * *' } },
    edge: { healthChecks: { api: { host: 'shop.example', path: '/health' } } },
  }),
);
const kubernetes = withSleep(example({ tier: 'kubernetes', services: podServices() }));
const host = withSleep(boxed());
const hosts = withSleep(moved({ box: boxSection({ instances: { min: 2, max: 3 } }) }));
const moving = withSleep(example({ nextTier: 'kubernetes', services: podServices() }));

function podServices(): EnvironmentInput['services'] {
  const { api } = example().services ?? {};
  return api === undefined ? {} : { api: { ...api, user: '1000:1000' } };
}

const sleepOf = (input: EnvironmentInput): RootModule => {
  const found = Object.entries(synthesised(input).stacks).find(([id]) => id.endsWith('-sleep'));
  if (found === undefined) throw new Error('no stack sleep');
  return found[1];
};

const definitionOf = (module: RootModule, id: 'sleep' | 'wake') =>
  JSON.parse(resourcesOf(module, 'aws_sfn_state_machine').find(({ name }) => name.endsWith(`-${id}`))!.definition);

const statements = (module: RootModule) =>
  statementsOf(resourcesOf(module, 'aws_iam_role_policy').find(({ role }) => role.includes('switch_role_role'))!.policy);

describe('the stack of sleep', () => {
  it('exists only in an environment that sleeps, and nothing else of the others differs', () => {
    const { stacks } = synthesised(example());
    expect(Object.keys(stacks).filter((id) => id.endsWith('sleep'))).toEqual([]);
    expect(JSON.stringify(stacks)).not.toMatch(/actions_enabled|suspended_state|scalable_target_arns|IsAsleep/);
  });

  it('starts sleep and waking by cron in the time zone of the environment', () => {
    const schedules = resourcesOf(sleepOf(fargate), 'aws_scheduler_schedule');
    expect(schedules).toMatchObject([
      {
        name: 'shop-test-asleep',
        schedule_expression: 'cron(0 20 ? * 2-6 *)',
        schedule_expression_timezone: 'Europe/Berlin',
        target: { arn: '${aws_sfn_state_machine.switch_sleep.arn}' },
      },
      {
        name: 'shop-test-awake',
        schedule_expression: 'cron(0 7 ? * 2-6 *)',
        target: { arn: '${aws_sfn_state_machine.switch_wake.arn}' },
      },
    ]);
  });

  it('stops the database again when AWS has started it after seven days', () => {
    const module = sleepOf(fargate);
    expect(JSON.parse(resourcesOf(module, 'aws_cloudwatch_event_rule')[0]!.event_pattern)).toEqual({
      source: ['aws.rds'],
      'detail-type': ['RDS DB Instance Event'],
      detail: { SourceIdentifier: ['shop-test'], EventID: ['RDS-EVENT-0154'] },
    });
    expect(resourcesOf(module, 'aws_cloudwatch_event_target')).toMatchObject([
      { arn: '${aws_sfn_state_machine.switch_sleep.arn}', input: '{"again":true}' },
    ]);
  });

  it('has commands to sleep and to wake at other times', () => {
    const { output = {} } = sleepOf(fargate);
    expect(output.wake?.value).toBe(
      'aws stepfunctions start-execution --region eu-west-1 --state-machine-arn ${aws_sfn_state_machine.switch_wake.arn}',
    );
    expect(output.sleep?.value).toContain('switch_sleep.arn');
    expect(output.state?.value).toContain('--name /shop/test/sleep ');
  });
});

describe('on Fargate', () => {
  const sleep = definitionOf(sleepOf(fargate), 'sleep');

  it('services and workers go to zero with their scaling suspended, and return to their minimum', () => {
    const items = sleep.States.StopServices.Items;
    expect(items.map(({ min }: any) => min)).toEqual([1, 0]);
    expect(definitionOf(sleepOf(fargate), 'wake').States.StartServices.Items).toEqual(items);
    expect(sleep.States.StopDatabaseNow.Arguments).toEqual({ DbInstanceIdentifier: 'shop-test' });
  });

  it('mutes every alarm of the observability stack in the region, and pauses health checks', () => {
    const alarms = resourcesOf(synthesised(fargate).observability, 'aws_cloudwatch_metric_alarm');
    const here = alarms.filter(({ region }) => region === undefined).map(({ alarm_name }) => alarm_name);
    expect(here.length).toBeGreaterThan(3);
    expect([...sleep.States.MuteAlarms.Items[0]].sort()).toEqual([...here].sort());
    expect(sleep.States.MuteChecks.Items).toHaveLength(1);
  });

  it('may switch exactly what it stops', () => {
    for (const statement of statements(sleepOf(fargate))) {
      for (const resource of statement.Resource ?? []) expect(resource).not.toMatch(/^\*$|\/\*$|:\*$/);
    }
    const scaling = statements(sleepOf(fargate)).find(({ Sid }) => Sid === 'SuspendScaling');
    expect(scaling?.Resource).toEqual([
      '${data.terraform_remote_state.compute-fargate.outputs.scalable_target_arns.api}',
      '${data.terraform_remote_state.compute-fargate.outputs.scalable_target_arns.runner}',
    ]);
    expect(synthesised(fargate).compute.output?.scalable_target_arns?.value).toEqual({
      api: '${aws_appautoscaling_target.service-api_scaling_target.arn}',
      runner: '${aws_appautoscaling_target.worker-runner_scaling_target.arn}',
    });
  });

  it('is allowed to by the permissions boundary of its pipeline', () => {
    const boundary = boundaryStatements({
      group: { name: 'shop-test', statePrefix: 'shop/test/', readsStates: [], lockedBuckets: [] },
      arns: {
        account: '123456789012',
        bucket: 'arn:aws:s3:::states',
        bucketName: 'states',
        lockTable: 'arn:aws:dynamodb:eu-west-1:123456789012:table/locks',
        trailBucket: 'arn:aws:s3:::trail',
      },
      lock: 's3',
    });
    const asPolicy = boundary.map(({ sid, effect, actions, resources, notResources, conditions }) => ({
      Sid: sid,
      Effect: effect ?? 'Allow',
      Action: actions,
      Resource: resources,
      NotResource: notResources,
      Condition: conditions,
    })) as never;
    const all = [sleepOf(fargate), sleepOf(kubernetes), sleepOf(host), sleepOf(hosts)].flatMap((module) => statements(module));
    for (const { Action, Resource = [] } of all)
      for (const action of Action)
        for (const resource of Resource)
          expect([
            action,
            isAllowed({ action, resource }, [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }], asPolicy),
          ]).toEqual([action, true]);
  });

  it('ignores what sleep changes: a plan while the environment is asleep shows nothing', () => {
    const { compute, edge, observability } = synthesised(fargate);
    const ignored = (module: RootModule, type: string) =>
      resourcesOf(module, type).map(({ lifecycle }) => lifecycle?.ignore_changes);
    for (const list of ignored(compute, 'aws_appautoscaling_target')) expect(list).toEqual(['suspended_state']);
    for (const list of ignored(compute, 'aws_ecs_service')) expect(list).toEqual(['desired_count']);
    for (const list of ignored(observability, 'aws_cloudwatch_metric_alarm')) expect(list).toEqual(['actions_enabled']);
    for (const list of ignored(edge, 'aws_route53_health_check')) expect(list).toEqual(['disabled']);
    expect(resourcesOf(sleepOf(fargate), 'aws_ssm_parameter')[0]?.lifecycle.ignore_changes).toEqual(['insecure_value']);
  });

  it('lets the plan role read what is wanted, and nothing there without sleep', () => {
    const parametersOf = (input: EnvironmentInput) => readableContents([parseEnvironment(input)], '123456789012').parameters;
    expect(parametersOf(fargate)).toContain('arn:aws:ssm:eu-west-1:123456789012:parameter/shop/test/sleep');
    expect(parametersOf(example()).join()).not.toContain('sleep');
  });

  it('notifies when going to sleep or waking fails', () => {
    const rules = resourcesOf(synthesised(fargate).observability, 'aws_cloudwatch_event_rule');
    const rule = rules.find(({ name }) => name === 'shop-test-sleep-failed');
    expect(JSON.parse(rule!.event_pattern).detail).toEqual({
      stateMachineArn: ['sleep', 'wake'].map((name) => `arn:aws:states:eu-west-1:123456789012:stateMachine:shop-test-${name}`),
      status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
    });
  });

  it('never starts a service again that sleeps', async () => {
    const { compute } = synthesised(fargate);
    const restart = resourcesOf(compute, 'aws_sfn_state_machine').find(({ name }) => name === 'shop-test-service-restart');
    const [{ Condition }] = JSON.parse(restart!.definition).States.IsStopped.Choices;
    const input = { Status: 'ACTIVE', DesiredCount: 0, RunningCount: 0, Deployments: [{ RolloutState: 'FAILED' }] };
    expect(await jsonata(Condition.replace(/^\{%|%\}$/g, '')).evaluate(undefined, { states: { input } })).toBe(false);
    for (const { definition } of resourcesOf(compute, 'aws_sfn_state_machine'))
      expect(definition).not.toContain('DesiredCount":');
  });
});

describe('a job on Fargate', () => {
  const machine = JSON.parse(
    resourcesOf(synthesised(fargate).compute, 'aws_sfn_state_machine').find(({ name }) => name === 'shop-test-sync-job')!
      .definition,
  );
  const run = async (input: object, wanted: string | undefined) => {
    const calls: string[] = [];
    const steps = execute(machine, input, (action) => {
      calls.push(action);
      if (action !== 'ssm:getParameter') return { TaskArns: [], Containers: [{ ExitCode: 0 }] };
      if (wanted === undefined) throw new Error('ParameterNotFound');
      return { Parameter: { Value: wanted } };
    });
    let step = await steps.next();
    while (step.done !== true) step = await steps.next();
    return calls.includes('arn:aws:states:::ecs:runTask.sync');
  };

  it.each([
    ['is left out when the schedule starts it while the environment is asleep', { startedBy: 'schedule' }, 'asleep', false],
    ['runs at its time while the environment is awake', { startedBy: 'schedule' }, 'awake', true],
    ['runs at its time when no one can say', { startedBy: 'schedule' }, undefined, true],
    ['runs whenever a person starts it', {}, 'asleep', true],
  ])('%s', async (_, input, wanted, runs) => expect(await run(input, wanted)).toBe(runs));
});

describe('on Kubernetes', () => {
  it('nodes go to zero, and their groups launch none in the meantime', () => {
    const sleep = definitionOf(sleepOf(kubernetes), 'sleep');
    const outputs = 'data.terraform_remote_state.compute-kubernetes.outputs';
    expect(sleep.States.RemoveNodes.Items).toEqual([
      {
        cluster: `\${${outputs}.cluster_name}`,
        name: `\${${outputs}.node_groups.on-demand.name}`,
        hosts: `\${${outputs}.auto_scaling_group_names.on-demand}`,
        min: expect.any(Number),
      },
    ]);
    expect(sleep.States.StopServices).toBeUndefined();
    expect(statements(sleepOf(kubernetes)).find(({ Sid }) => Sid === 'SwitchNodes')?.Resource).toEqual([
      `\${${outputs}.node_groups.on-demand.arn}`,
    ]);
  });

  it('ignores the minimum of its nodes', () => {
    expect(resourcesOf(synthesised(kubernetes).compute, 'aws_eks_node_group')[0]?.lifecycle.ignore_changes).toEqual([
      'scaling_config[0].desired_size',
      'scaling_config[0].min_size',
    ]);
  });
});

describe('on the box', () => {
  it('the host stops with its data, and nothing else is switched', () => {
    const { States } = definitionOf(sleepOf(host), 'sleep');
    expect(States.StopHost.Arguments.InstanceIds).toEqual(['${data.terraform_remote_state.compute-box.outputs.instance_id}']);
    expect(Object.keys(States).filter((name) => /Database|Services|Nodes|RemoveHosts/.test(name))).toEqual([]);
  });

  it('starts a host with disks under the environment’s key only by a grant for EC2', () => {
    const { Condition, Resource } = statements(sleepOf(host)).find(({ Sid }) => Sid === 'LetEc2UseTheDisks')!;
    expect(Condition?.Bool).toEqual({ 'kms:GrantIsForAWSResource': 'true' });
    expect(Resource).toEqual(['${data.terraform_remote_state.data.outputs.key_arn}']);
    const plain = withSleep(boxed({ encryption: { key: 'aws-managed' } }));
    expect(statements(sleepOf(plain)).find(({ Sid }) => Sid === 'LetEc2UseTheDisks')).toBeUndefined();
  });

  it('a group of hosts goes to zero, without a change in a plan', () => {
    expect(definitionOf(sleepOf(hosts), 'sleep').States.RemoveHosts.Items).toEqual([
      { name: '${data.terraform_remote_state.compute-box.outputs.group_name}', min: 2 },
    ]);
    expect(resourcesOf(synthesised(hosts).compute, 'aws_autoscaling_group')[0]?.lifecycle.ignore_changes).toEqual([
      'desired_capacity',
      'min_size',
    ]);
  });
});

it('switches both tiers of a move', () => {
  const { States } = definitionOf(sleepOf(moving), 'sleep');
  expect(States.StopServices.Items).toHaveLength(1);
  expect(States.RemoveNodes.Items).toHaveLength(1);
});

it('leaves a database alone that is to keep running', () => {
  const running = parseEnvironment({ ...fargate, sleep: { ...SLEEP, database: 'running' } });
  const module = synthEnvironment(running)['shop-test-sleep']!;
  expect(JSON.stringify(module)).not.toMatch(/rds:|StopDatabase/);
});
