/**
 * How an environment goes to sleep and wakes, as two workflows of Step Functions. Pure: values may be Terraform references.
 *
 *   sleep: alarms off -> services, nodes and hosts stop -> database stops
 *   wake:  database starts -> hosts, nodes and services start -> ten minutes -> alarms on
 *
 * A parameter keeps what is wanted: each workflow writes it first, and each step begins only while it still says the same. Of two
 * executions that want the opposite, the later one wins. Every step sets a state and adds nothing to the one before, so that an
 * execution can be repeated, and one that failed half-way is repaired by the next.
 */
import { chunks } from '../../config/calculations/chunks';
import { startCompute, stopCompute } from './compute-steps';
import { databaseStep } from './database-steps';
import type { SleepingResources } from './sleeping-resources';
import { call, caught, inOrder, mapStep, waitStep, type States, type Step } from './steps';

/** What an environment is to be; the value of the parameter. */
export type Wanted = 'asleep' | 'awake';

/** Minutes in which services become healthy, before their alarms notify again. */
const SETTLE_MINUTES = 10;

/** Failed calls after which an execution fails. */
const MOST_FAILURES = 10;

/** CloudWatch's limit on the alarms of one call. */
const ALARMS_AT_ONCE = 100;

export interface SleepWorkflow {
  readonly environment: string;
  readonly parameterName: string;
  readonly resources: SleepingResources;
}

/** The input of an execution that only repeats what is wanted: AWS has started something that was to be asleep. */
export const AGAIN = { again: true } as const;

/** The workflow of going to sleep in the Amazon States Language, with expressions in JSONata. */
export function sleepWorkflow({ environment, parameterName, resources }: SleepWorkflow): object {
  const check = { wanted: 'asleep', parameterName } as const;
  const steps = guarded(check, { end: 'Done', failed: 'Failed' }, [
    ...notices('Mute', resources, false),
    ...stopCompute(resources),
    ...databaseSteps('Stop', check, 'Failed', resources),
  ]);
  return workflow(`Puts ${environment} to sleep`, 'Why', {
    Why: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $exists($states.input.again) %}', Next: steps.first }],
      Default: 'Remember',
    },
    Remember: remember(check, steps.first),
    ...steps.states,
  });
}

/** The workflow of waking. Alarms notify again also after a failure, which they are there to report. */
export function wakeWorkflow({ environment, parameterName, resources }: SleepWorkflow): object {
  const check = { wanted: 'awake', parameterName } as const;
  const ringing = guarded(check, { end: 'Failed', failed: 'Failed' }, notices('RingAfterFailure', resources, true));
  const steps = guarded(check, { end: 'Done', failed: ringing.first }, [
    ...databaseSteps('Start', check, ringing.first, resources),
    ...startCompute(resources),
    ...(resources.alarmNames.length > 0 ? [waitStep('Settle', SETTLE_MINUTES * 60)] : []),
    ...notices('Ring', resources, true),
  ]);
  return workflow(`Wakes ${environment}`, 'Remember', {
    Remember: remember(check, steps.first),
    ...steps.states,
    ...ringing.states,
  });
}

function workflow(comment: string, first: string, states: States): object {
  return {
    Comment: comment,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Assign: { failures: 0 }, Next: first },
      ...states,
      Done: { Type: 'Succeed' },
      Superseded: { Type: 'Succeed', Output: { superseded: 'the opposite is wanted by now' } },
      Failed: { Type: 'Fail', Error: 'NotCompleted', Cause: '{% $cause %}' },
    },
  };
}

/** What an execution wants, and the parameter that says whether it is still wanted. */
interface Check {
  readonly wanted: Wanted;
  readonly parameterName: string;
}

function remember({ wanted, parameterName }: Check, next: string): object {
  return call('ssm:putParameter', { Name: parameterName, Value: wanted, Overwrite: true }, { Next: next });
}

/**
 * Steps in their order, each of which begins only while the same is wanted. A step in which a call fails is repeated as a whole
 * after a minute, if the same is still wanted then: AWS refuses calls while another change of the same resource is in progress.
 */
function guarded(check: Check, after: { readonly end: string; readonly failed: string }, steps: readonly Step[]) {
  const checked = steps.map(({ first: name, states }): Step => {
    const { first, states: checks } = stillWanted(check, name, name);
    const [again, pause] = [`Repeat${name}`, `Before${name}`];
    const repetition = {
      [again]: {
        Type: 'Choice',
        Choices: [{ Condition: `{% $failures < ${MOST_FAILURES} %}`, Assign: { failures: '{% $failures + 1 %}' }, Next: pause }],
        Default: after.failed,
      },
      [pause]: { Type: 'Wait', Seconds: 60, Next: first },
    };
    return { first, states: (next) => ({ ...caught({ ...checks, ...states(next) }, again), ...repetition }) };
  });
  return inOrder(checked, after.end);
}

/** A call that reads what is wanted, for `isWanted` in the next state. @param fields further fields of the state, such as `Next` */
export function readWanted(parameterName: string, fields: object): object {
  const output = { wanted: '{% $states.result.Parameter.Value %}' };
  return call('ssm:getParameter', { Name: parameterName }, { Output: output, ...fields });
}

/** The condition of a choice right after `readWanted`. */
export function isWanted(wanted: Wanted): string {
  return `{% $states.input.wanted = '${wanted}' %}`;
}

/** Reads the parameter, and goes on only when it still says the same. @param name part of the names of the states */
function stillWanted({ wanted, parameterName }: Check, name: string, next: string) {
  const [first, choice] = [`Check${name}`, `Is${name}Wanted`];
  return {
    first,
    states: {
      [first]: readWanted(parameterName, { Next: choice }),
      [choice]: { Type: 'Choice', Choices: [{ Condition: isWanted(wanted), Next: next }], Default: 'Superseded' },
    },
  };
}

function databaseSteps(
  direction: 'Stop' | 'Start',
  check: Check,
  failed: string,
  { database }: SleepingResources,
): readonly Step[] {
  if (database === undefined) return [];
  return [
    databaseStep({
      direction,
      identifier: database,
      failed,
      stillWanted: (next) => stillWanted(check, `${direction}DatabaseStill`, next),
    }),
  ];
}

/** Alarms measure on and notify no one; health checks pause, because their alarms may be in another region. */
function notices(name: string, { alarmNames, healthCheckIds }: SleepingResources, on: boolean): readonly Step[] {
  const checks = mapStep(`${name}Checks`, healthCheckIds, `${name}Check`, {
    [`${name}Check`]: call('route53:updateHealthCheck', { HealthCheckId: '{% $states.input %}', Disabled: !on }, { End: true }),
  });
  const alarms = mapStep(`${name}Alarms`, chunks(alarmNames, ALARMS_AT_ONCE), `${name}AlarmBatch`, {
    [`${name}AlarmBatch`]: call(
      `cloudwatch:${on ? 'enable' : 'disable'}AlarmActions`,
      { AlarmNames: '{% $states.input %}' },
      { End: true },
    ),
  });
  return [...(healthCheckIds.length > 0 ? [checks] : []), ...(alarmNames.length > 0 ? [alarms] : [])];
}
