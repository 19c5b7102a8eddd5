/** A stack is rendered in less time than cdktf takes, and to the same value. */
import {
  App,
  DefaultTokenResolver,
  Lazy,
  StringConcat,
  TerraformElement,
  TerraformStack,
  Token,
  Tokenization,
  type IResolvable,
} from 'cdktf';
import { addEnvironment } from '../../src/stacks/environment';
import { withoutCreationStacks } from '../../src/synthesis/cdktf-patches';
import { loadEnvironments } from '../../src/synthesis/load';
import { expression } from '../../src/terraform/expression';
import { escapeLiterals } from '../../src/terraform/literal';
import { ElementResolver } from '../../src/terraform/resolve-element';
import { SHOP } from '../support/shop';

/** What cdktf itself makes of the stack, with every element's text escaped. */
function byCdktf(stack: TerraformStack): unknown {
  const elements = stack.node.findAll().filter((construct) => TerraformElement.isTerraformElement(construct));
  for (const element of elements) {
    const unescaped = element.toTerraform.bind(element);
    element.toTerraform = () => escapeLiterals(unescaped());
  }
  try {
    return TerraformStack.prototype.toTerraform.call(stack);
  } finally {
    for (const element of elements) Reflect.deleteProperty(element, 'toTerraform');
  }
}

describe('every stack', () => {
  it('is what cdktf renders, on every tier', async () => {
    const { environments } = await loadEnvironments(SHOP);
    expect(new Set(environments.map(({ tier }) => tier.kind))).toEqual(new Set(['box', 'fargate', 'kubernetes']));
    for (const environment of environments) {
      const app = new App({ stackTraces: false, skipValidation: true });
      withoutCreationStacks(() => addEnvironment(app, environment));
      const stacks = app.node.children.filter((child) => TerraformStack.isStack(child));
      expect(stacks.length).toBeGreaterThan(3);
      for (const stack of stacks) expect(withoutCreationStacks(() => stack.toTerraform())).toEqual(byCdktf(stack));
    }
  });
});

describe('a value', () => {
  const stack = new TerraformStack(new App({ stackTraces: false }), 'test');
  const byResolver = (value: unknown): unknown =>
    Tokenization.resolve(escapeLiterals(value), {
      scope: stack,
      preparing: false,
      resolver: new DefaultTokenResolver(new StringConcat()),
    });
  const token: IResolvable = Token.asAny({ inner: expression('aws_vpc.main.id'), literal: '${x}' });
  const number = Token.asNumber(Lazy.numberValue({ produce: () => 7 }));

  it.each<[string, unknown, unknown]>([
    ['text', 'a ${b} %{c}', 'a $${b} %%{c}'],
    ['an expression', expression('aws_vpc.main.id'), '${aws_vpc.main.id}'],
    ['an expression in text', `\${a} ${expression('aws_vpc.main.id')}`, '$${a} ${aws_vpc.main.id}'],
    ['a number', -1.5e30, -1.5e30],
    ['a number that is a token', number, 7],
    ['a number that is a token, in text', `port ${number}`, 'port 7'],
    ['a list that is a token', Token.asList(Lazy.listValue({ produce: () => ['a', 'b'] })), ['a', 'b']],
    ['a map that is a token', Token.asStringMap(Lazy.anyValue({ produce: () => ({ a: 'b' }) })), { a: 'b' }],
    ['a list', ['a', undefined, null, [expression('b.c')]], ['a', null, ['${b.c}']]],
    ['a map', { a: undefined, b: null, '${c}': { d: [true] } }, { b: null, '$${c}': { d: [true] } }],
    ['a name that is a token', { [expression('a.b')]: 'c' }, { '${a.b}': 'c' }],
    ['two expressions in text', `${expression('a.b')}-${expression('a.b')}`, '${a.b}-${a.b}'],
    ['a token without a value, in text', `a${Token.asString(Lazy.anyValue({ produce: () => undefined }))}b`, 'ab'],
    ['a token with more tokens', { a: [token] }, { a: [{ inner: '${aws_vpc.main.id}', literal: '${x}' }] }],
    ['nothing', undefined, undefined],
  ])('is as cdktf resolves it: %s', (_, value, expected) => {
    expect(new ElementResolver(stack).resolve(value)).toEqual(expected);
    expect(byResolver(value)).toEqual(expected);
  });

  it('keeps an expression in literal braces, which cdktf writes without its own', () => {
    const text = `\${a ${expression('aws_vpc.main.id')}}`;
    expect(new ElementResolver(stack).resolve(text)).toBe('$${a ${aws_vpc.main.id}}');
    expect(byResolver(text)).toBe('$${a aws_vpc.main.id}');
  });

  it('is a list of its own wherever a token stands for one', () => {
    const resolver = new ElementResolver(stack);
    const list = Token.asString(Lazy.anyValue({ produce: () => ['a'] }));
    const [one, other] = resolver.resolve([list, list]) as readonly unknown[];
    expect(one).toEqual(['a']);
    expect(other).not.toBe(one);
  });

  it('is refused as cdktf refuses it: a function, and a construct', () => {
    expect(() => new ElementResolver(stack).resolve({ a: [() => 1] })).toThrow('function');
    expect(() => new ElementResolver(stack).resolve({ a: stack })).toThrow('construct');
  });
});
