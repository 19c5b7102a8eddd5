/** The notation in which the workflow of sleep is put together: steps of states, one after the other. Pure. */

/** States in the Amazon States Language, by name. */
export type States = Readonly<Record<string, object>>;

/** Some states that are entered at one and left at one place. */
export interface Step {
  /** The name of its first state. */
  readonly first: string;
  /** @param next the name of the state that follows */
  readonly states: (next: string) => States;
}

/**
 * A call of AWS. It is not retried by itself: a second attempt could come when the opposite is wanted.
 * @param action service and action as Step Functions writes them: `ecs:updateService`
 * @param fields further fields of the state, such as `Next`
 */
export function call(action: string, args: object, fields: object): object {
  return { Type: 'Task', Resource: `arn:aws:states:::aws-sdk:${action}`, Arguments: args, Output: {}, ...fields };
}

/** A step of one call. */
export function callStep(name: string, action: string, args: object): Step {
  return { first: name, states: (next) => ({ [name]: call(action, args, { Next: next }) }) };
}

/** The same states for each item. */
export function mapStep(name: string, items: readonly unknown[], first: string, states: States): Step {
  const processor = { ProcessorConfig: { Mode: 'INLINE' }, StartAt: first, States: states };
  return {
    first: name,
    states: (next) => ({ [name]: { Type: 'Map', Items: items, ItemProcessor: processor, Output: {}, Next: next } }),
  };
}

/** A pause of some seconds. */
export function waitStep(name: string, seconds: number): Step {
  return { first: name, states: (next) => ({ [name]: { Type: 'Wait', Seconds: seconds, Next: next } }) };
}

/** Steps in their order. @param end the name of the state after the last one */
export function inOrder(steps: readonly Step[], end: string): { readonly first: string; readonly states: States } {
  return steps.reduceRight<{ readonly first: string; readonly states: States }>(
    ({ first: next, states }, step) => ({ first: step.first, states: { ...step.states(next), ...states } }),
    { first: end, states: {} },
  );
}

/** The same states, of which each call that fails leads to `next`, with the reason in `$cause`. */
export function caught(states: States, next: string): States {
  const catcher = { ErrorEquals: ['States.ALL'], Assign: { cause: '{% $string($states.errorOutput) %}' }, Next: next };
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => [name, canFail(state) ? { ...state, Catch: [catcher] } : state]),
  );
}

function canFail(state: object): boolean {
  return 'Type' in state && (state.Type === 'Task' || state.Type === 'Map');
}
