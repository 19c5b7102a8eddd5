/** References in a module, and what they are replaced by. */
import {
  literalExpression,
  mapExpressions,
  parseReference,
  referencesIn,
  replaceReferences,
  withoutDependencies,
} from '../../src/terraform/references';

const replaced = (text: string, values: Readonly<Record<string, unknown>>): unknown =>
  replaceReferences(text, ({ address, path }) => {
    const value = values[`${address}${path}`];
    return value === undefined ? undefined : literalExpression(value);
  });

describe('a reference', () => {
  it('is read with its address and path, whatever section it is of', () => {
    expect(parseReference('data.terraform_remote_state.zone-shop.outputs.certificate_arns["eu-west-1"]')).toEqual({
      address: 'data.terraform_remote_state.zone-shop',
      section: 'data',
      type: 'terraform_remote_state',
      name: 'zone-shop',
      path: '.outputs.certificate_arns["eu-west-1"]',
    });
    expect(parseReference('aws_vpc.main.id')).toMatchObject({ section: 'resource', address: 'aws_vpc.main', path: '.id' });
  });

  it.each(['join(",", aws_vpc.main.id)', 'aws_vpc', '"text"', 'aws_vpc.main.id + 1'])('is not %s', (text) =>
    expect(parseReference(text)).toBeUndefined(),
  );
});

describe('the value of a reference', () => {
  const values = {
    'data.terraform_remote_state.network.outputs.vpc_id': 'vpc-1',
    'data.terraform_remote_state.network.outputs.ids': ['a', 'b'],
    'data.terraform_remote_state.network.outputs.ids[1]': 'b',
  };

  it.each([
    ['${data.terraform_remote_state.network.outputs.vpc_id}', 'vpc-1'],
    ['a/${data.terraform_remote_state.network.outputs.ids[1]}/${aws_vpc.main.id}', 'a/b/${aws_vpc.main.id}'],
    ['${data.terraform_remote_state.network.outputs.ids}', '${["a","b"]}'],
    ['${base64decode("${data.terraform_remote_state.network.outputs.vpc_id}")}', '${base64decode("${"vpc-1"}")}'],
    ['{"a":"${data.terraform_remote_state.network.outputs.vpc_id}"}', '{"a":"vpc-1"}'],
    ['%{ if data.terraform_remote_state.network.outputs.vpc_id != "" }x%{ endif }', '%{ if "vpc-1" != "" }x%{ endif }'],
  ])('replaces it in %s', (text, expected) => expect(replaced(text, values)).toBe(expected));

  it.each([
    'data.terraform_remote_state.network.outputs.vpc_id',
    '$${data.terraform_remote_state.network.outputs.vpc_id}',
    '${data.terraform_remote_state.other.outputs.vpc_id}',
    '${data.terraform_remote_state.network.outputs.vpc_id_of_another}',
    '${local.my_data.terraform_remote_state.network.outputs.vpc_id}',
  ])('leaves %s as it is', (text) => expect(replaced(text, values)).toBe(text));

  it('is text in the result, even where it looks like an expression', () =>
    expect(replaced('${aws_x.y.z}', { 'aws_x.y.z': 'a${b}"%{c}' })).toBe('${"a$${b}\\"%%{c}"}'));
});

describe('an expression', () => {
  it('ends at its own brace, with quotes and templates in it', () => {
    const found: string[] = [];
    mapExpressions('a ${f("}", "${g({ x = "{" })}")} b ${h}', (expression) => {
      found.push(expression);
      return '';
    });
    expect(found).toEqual(['f("}", "${g({ x = "{" })}")', 'h']);
  });
});

it('finds every reference of a value, at any depth', () =>
  expect(
    referencesIn({ a: ['${aws_a.b.c}', { d: 'x ${f(data.aws_e.g.h)} aws_not.this.one' }] }).map(({ address }) => address),
  ).toEqual(['aws_a.b', 'data.aws_e.g']));

it('takes out of lists of dependencies what is gone, and nothing else', () =>
  expect(
    withoutDependencies(
      {
        x: {
          depends_on: ['data.aws_lb.gone', 'aws_vpc.main'],
          lifecycle: { replace_triggered_by: ['aws_a.gone.id'] },
          list: ['aws_a.gone'],
        },
      },
      (address) => address.endsWith('.gone'),
    ),
  ).toEqual({ x: { depends_on: ['aws_vpc.main'], lifecycle: { replace_triggered_by: [] }, list: ['aws_a.gone'] } }));
