/**
 * Runs a workflow in the Amazon States Language with JSONata against a stand-in for AWS. Knows the states and fields that
 * workflows of Terrace use, and refuses others. Items of a map run one after the other.
 */
import jsonata from 'jsonata';

/** Answers a call, or throws an error as AWS would. */
export type Aws = (action: string, args: any) => unknown;

interface Scope {
  readonly variables: Record<string, unknown>;
  /** Of the execution. */
  readonly input: unknown;
  readonly aws: Aws;
}

/** How an execution ended. */
export interface Ended {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output?: unknown;
  readonly cause?: unknown;
  /** The last state. */
  readonly state: string;
}

const expressions = new Map<string, ReturnType<typeof jsonata>>();

async function evaluate(value: any, bindings: Record<string, unknown>): Promise<any> {
  if (Array.isArray(value)) return Promise.all(value.map((inner) => evaluate(inner, bindings)));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(async ([key, inner]) => [key, await evaluate(inner, bindings)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
  const [, text] = typeof value === 'string' ? (/^\{%(.*)%\}$/s.exec(value) ?? []) : [];
  if (text === undefined) return value;
  const expression = expressions.get(text) ?? jsonata(text);
  expressions.set(text, expression);
  const result: unknown = await expression.evaluate(undefined, bindings);
  if (result === undefined) throw new Error(`${text} has no value`);
  return result;
}

const KNOWN = new Set(
  'Type,Next,End,Default,Choices,Resource,Arguments,Output,Retry,Catch,Assign,Seconds,TimeoutSeconds,Items,ItemProcessor,Error,Cause'.split(
    ',',
  ),
);

/** Yields the seconds of each pause. */
export async function* execute(workflow: any, input: unknown, aws: Aws): AsyncGenerator<number, Ended> {
  return yield* run(workflow, input, { variables: {}, input, aws });
}

async function* run({ StartAt, States }: any, input: unknown, scope: Scope): AsyncGenerator<number, Ended> {
  let name: string = StartAt;
  let current = input;
  for (;;) {
    const state = States[name];
    if (state === undefined) throw new Error(`no state ${name}`);
    for (const field of Object.keys(state)) if (!KNOWN.has(field)) throw new Error(`${name} has the field ${field}`);
    const bind = (more: object = {}) => ({
      ...scope.variables,
      states: { input: current, context: { Execution: { Input: scope.input } }, ...more },
    });
    const assign = async (from: any, more: object = {}) =>
      void Object.assign(scope.variables, await evaluate(from?.Assign ?? {}, bind(more)));
    switch (state.Type) {
      case 'Succeed':
        return { status: 'SUCCEEDED', output: await evaluate(state.Output ?? current, bind()), state: name };
      case 'Fail':
        return { status: 'FAILED', cause: await evaluate(state.Cause, bind()), state: name };
      case 'Wait':
        yield state.Seconds;
        break;
      case 'Pass':
        await assign(state);
        break;
      case 'Choice': {
        let chosen: any;
        for (const choice of state.Choices) {
          if ((await evaluate(choice.Condition, bind())) !== true) continue;
          chosen = choice;
          break;
        }
        await assign(chosen);
        name = chosen?.Next ?? state.Default;
        continue;
      }
      case 'Task':
      case 'Map': {
        try {
          const result: unknown = yield* work(state, current, scope, bind);
          const more = { result };
          const output: unknown = await evaluate(state.Output ?? result, bind(more));
          await assign(state, more);
          current = output;
        } catch (error) {
          const catcher = state.Catch?.[0];
          if (catcher === undefined) return { status: 'FAILED', cause: String(error), state: name };
          await assign(catcher, { errorOutput: { Error: 'Refused', Cause: String(error) } });
          name = catcher.Next;
          continue;
        }
        break;
      }
      default:
        throw new Error(`${name} has the type ${state.Type}`);
    }
    if (state.End === true) return { status: 'SUCCEEDED', output: current, state: name };
    name = state.Next;
  }
}

async function* work(state: any, input: unknown, scope: Scope, bind: () => any): AsyncGenerator<number, unknown> {
  if (state.Type === 'Map') {
    const items: unknown[] = await evaluate(state.Items, bind());
    const outputs: unknown[] = [];
    for (const item of items) {
      const ended: Ended = yield* run(state.ItemProcessor, item, { ...scope, variables: { ...scope.variables } });
      if (ended.status === 'FAILED') throw new Error(String(ended.cause));
      outputs.push(ended.output);
    }
    return outputs;
  }
  const action = /^arn:aws:states:::aws-sdk:(.+)$/.exec(state.Resource)?.[1] ?? state.Resource;
  const { MaxAttempts = 0, IntervalSeconds = 0, BackoffRate = 1 } = state.Retry?.[0] ?? {};
  for (let attempt = 0; ; attempt += 1) {
    try {
      return scope.aws(action, await evaluate(state.Arguments, bind()));
    } catch (error) {
      if (attempt >= MaxAttempts) throw error;
      yield IntervalSeconds * BackoffRate ** attempt;
    }
  }
}

/** Every state of a workflow, those inside of maps too, as pairs of name and state. */
export function allStates({ States }: any): readonly (readonly [string, any])[] {
  return Object.entries<any>(States).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.ItemProcessor === undefined ? [] : allStates(state.ItemProcessor)),
  ]);
}

/** The names that states of one level lead to, and those that exist there; for each level. */
export function transitions(workflow: any): readonly { readonly led: readonly string[]; readonly existing: readonly string[] }[] {
  const { States, StartAt } = workflow;
  const states = Object.values<any>(States);
  const led = states.flatMap(({ Next, Default, Choices = [], Catch = [] }) => [
    Next,
    Default,
    ...[...Choices, ...Catch].map((one: any) => one.Next),
  ]);
  const named = new Set([StartAt, ...led].filter((name) => name !== undefined));
  const inner = states.flatMap(({ ItemProcessor }) => (ItemProcessor === undefined ? [] : transitions(ItemProcessor)));
  return [{ led: [...named].sort(), existing: Object.keys(States).sort() }, ...inner];
}
