/** An override changes what it names, and fails where it would change nothing. */
import { parseEnvironment } from '../../src/config';
import type { StackExtension } from '../../src/extend';
import { readExtensions } from '../../src/extend/extensions';
import { addEnvironment } from '../../src/stacks/environment';
import { synthApp, synthEnvironment, type RootModule } from '../support/synth';
import { example } from '../support/example';

const environment = parseEnvironment(example());
const STACK = 'shop-test-compute-fargate';
const plain = synthEnvironment(environment)[STACK] as RootModule;
const BALANCER = Object.keys(plain.resource?.aws_lb ?? {})[0] as string;

function overriding(hook: (extension: StackExtension) => void): RootModule {
  const extensions = readExtensions('shop-test', { 'compute-fargate': hook }, ['shop-test']);
  return synthApp((app) => addEnvironment(app, environment, extensions))[STACK] as RootModule;
}

const refusal = (hook: (extension: StackExtension) => void): string => {
  try {
    overriding(hook);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

describe('an override', () => {
  it('replaces the arguments that it names, and nothing else', () => {
    const changed = structuredClone(
      overriding((extension) => {
        extension.override('aws_lb', BALANCER, { client_keep_alive: 600, access_logs: { bucket: 'logs', enabled: false } });
        extension.override('aws_lb', BALANCER, { idle_timeout: 120 });
      }),
    ) as any;
    const balancer = changed.resource.aws_lb[BALANCER];
    expect(balancer).toMatchObject({ idle_timeout: 120, client_keep_alive: 600 });
    expect(balancer.access_logs).toEqual({ bucket: 'logs', enabled: false });
    const { client_keep_alive: _added, ...others } = balancer;
    const { idle_timeout, access_logs } = plain.resource?.aws_lb?.[BALANCER] ?? {};
    changed.resource.aws_lb[BALANCER] = { ...others, idle_timeout, access_logs };
    expect(changed).toEqual(plain);
  });

  it('adds to what the lifecycle ignores', () => {
    const module = overriding((extension) => {
      extension.override('aws_ecs_service', service(), { lifecycle: { ignore_changes: ['health_check_grace_period_seconds'] } });
    });
    const before = plain.resource?.aws_ecs_service?.[service()]?.lifecycle?.ignore_changes ?? [];
    const after = module.resource?.aws_ecs_service?.[service()]?.lifecycle?.ignore_changes;
    expect(after).toEqual([...before, 'health_check_grace_period_seconds']);
    expect(before).not.toEqual([]);
  });
});

const service = (): string => Object.keys(plain.resource?.aws_ecs_service ?? {})[0] as string;

describe('an override is refused', () => {
  it('of a resource that the stack does not have, with the names that it has', () => {
    const report = refusal((extension) => extension.override('aws_lb', 'balancer', { idle_timeout: 120 }));
    expect(report).toContain(`an override of aws_lb.balancer, and no such resource, in the stack ${STACK} at __tests__/extend/`);
    expect(report).toContain(BALANCER);
  });

  it('of a type that the stack does not have, with the nearest one', () => {
    const report = refusal((extension) => extension.override('aws_lbs', BALANCER, { idle_timeout: 120 }));
    expect(report).toContain('and no resource of this type');
    expect(report).toContain('did you mean "aws_lb"?');
  });

  it('with an argument that the type does not have, with the nearest one', () => {
    const report = refusal((extension) => extension.override('aws_lb', BALANCER, { idle_timout: 120 }));
    expect(report).toContain('did you mean "idle_timeout"?');
  });

  it('with no argument, no value, or an argument that decides whether the resource exists', () => {
    expect(refusal((extension) => extension.override('aws_lb', BALANCER, {}))).toContain('no argument of aws_lb.');
    expect(refusal((extension) => extension.override('aws_lb', BALANCER, { idle_timeout: undefined }))).toContain('nothing as');
    expect(refusal((extension) => extension.override('aws_lb', BALANCER, { count: 0 }))).toContain('received  count of aws_lb.');
  });

  it('of an argument that is overridden already', () => {
    const report = refusal((extension) =>
      [60, 120].forEach((idle_timeout) => extension.override('aws_lb', BALANCER, { idle_timeout })),
    );
    expect(report).toContain(`a second override of idle_timeout of aws_lb.${BALANCER}`);
  });

  it('that takes the protection against destruction away', () => {
    const report = refusal((extension) => extension.override('aws_lb', BALANCER, { lifecycle: { prevent_destroy: false } }));
    expect(report).toContain('set `protect: false` in the description');
  });
});
