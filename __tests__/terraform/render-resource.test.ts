/** A resource is rendered in less time than cdktf takes, and to the same value: what it seldom has goes to cdktf. */
import { SecurityGroup, type SecurityGroupConfig } from '@cdktf/provider-aws/lib/security-group';
import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformCount, TerraformIterator, TerraformOutput, TerraformStack, type TerraformElement } from 'cdktf';
import { ElementResolver } from '../../src/terraform/resolve-element';
import { renderElement } from '../../src/terraform/render-resource';

const stack = () => new TerraformStack(new App({ stackTraces: false, skipValidation: true }), 'test');

/** What is rendered, and whether cdktf did it: it alone reads the meta-arguments together. */
function rendered(element: TerraformElement) {
  const read = jest.fn();
  const { terraformMetaArguments } = element as unknown as { readonly terraformMetaArguments: object };
  Object.defineProperty(element, 'terraformMetaArguments', {
    configurable: true,
    get: () => {
      read();
      return terraformMetaArguments;
    },
  });
  const value = renderElement(element, element.toMetadata() as object);
  const isLeft = read.mock.calls.length > 0;
  Reflect.deleteProperty(element, 'terraformMetaArguments');
  return { value: resolved(element, value), isLeft };
}

const resolved = (element: TerraformElement, value: unknown = element.toTerraform()): unknown =>
  new ElementResolver(TerraformStack.of(element)).resolve(value);

const group = (scope: TerraformStack, config: Partial<SecurityGroupConfig> = {}) =>
  new SecurityGroup(scope, 'group', { name: 'api', tags: { team: 'shop' }, ingress: [], ...config });

describe('a plain resource', () => {
  it.each<[string, (scope: TerraformStack) => Partial<SecurityGroupConfig>]>([
    ['alone', () => ({})],
    ['that depends on another', (scope) => ({ dependsOn: [new SecurityGroup(scope, 'other', {})] })],
    ['of another provider', (scope) => ({ provider: new AwsProvider(scope, 'aws', { alias: 'north', region: 'eu-north-1' }) })],
  ])('is what cdktf renders: %s', (_, config) => {
    const scope = stack();
    const element = group(scope, config(scope));
    expect(rendered(element)).toEqual({ value: resolved(element), isLeft: false });
  });
});

describe('what a resource seldom has', () => {
  const items = TerraformIterator.fromList(['a']);

  it.each<[string, Partial<SecurityGroupConfig>]>([
    ['a lifecycle', { lifecycle: { preventDestroy: true, ignoreChanges: ['name'] } }],
    ['a count', { count: TerraformCount.of(2) }],
    ['for_each', { forEach: items }],
    ['provisioners', { provisioners: [{ type: 'local-exec', command: 'true' }] }],
    ['a connection', { connection: { type: 'ssh', host: 'a' } }],
  ])('is left to cdktf: %s', (_, config) => {
    const element = group(stack(), config);
    expect(rendered(element)).toEqual({ value: resolved(element), isLeft: true });
  });

  it('is left to cdktf: a dynamic block', () => {
    const element = new LbListenerRule(stack(), 'rule', {
      listenerArn: 'arn',
      action: [{ type: 'forward', targetGroupArn: 'arn' }],
      condition: items.dynamic({ pathPattern: { values: ['/'] } }),
    });
    expect(rendered(element)).toEqual({ value: resolved(element), isLeft: true });
    expect(resolved(element)).toHaveProperty('resource.aws_lb_listener_rule.rule.dynamic.condition');
  });

  it.each<[string, (element: SecurityGroup) => void]>([
    ['an override', (element) => element.addOverride('name', 'b')],
    ['a move', (element) => element.moveFromId('aws_security_group.old')],
    ['an import', (element) => element.importFrom('sg-1')],
  ])('is left to cdktf: %s', (_, change) => {
    const element = group(stack());
    change(element);
    expect(rendered(element)).toEqual({ value: resolved(element), isLeft: true });
  });

  it('is left to its class: a resource that renders itself', () => {
    class Own extends SecurityGroup {
      public override toTerraform(): object {
        return { resource: { own: { group: { rendered: 'by itself' } } } };
      }
    }
    const element = new Own(stack(), 'group', { name: 'api' });
    expect(renderElement(element, {})).toEqual({ resource: { own: { group: { rendered: 'by itself' } } } });
  });

  it('is left to its class: what is no resource', () => {
    const element = new TerraformOutput(stack(), 'id', { value: 'a' });
    expect(renderElement(element, {})).toMatchObject({ output: { id: { value: 'a' } } });
  });
});
