/** What every stack has, and the addresses that Terraform will know its resources by. */
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { Construct } from 'constructs';
import { REQUIRED_TERRAFORM } from '../../src/terraform/runner/version';
import { expression } from '../../src/terraform/expression';
import { TerraceStack, type TerraceStackProps } from '../../src/terraform/terrace-stack';
import { synthApp, synthModule, type RootModule } from '../support/synth';

const props: TerraceStackProps = {
  state: { backend: { kind: 'local' }, stackId: 'shop-test-network', stateKey: 'test/network/terraform.tfstate' },
  region: 'eu-west-1',
  account: '123456789012',
  tags: { system: 'shop' },
};

const stackOf = (changes: Partial<TerraceStackProps>, build?: (stack: TerraceStack) => void): RootModule =>
  synthApp((app) => {
    const stack = new TerraceStack(app, { ...props, ...changes });
    build?.(stack);
  })['shop-test-network'] as RootModule;

const parameter = (scope: Construct, id: string) => new SsmParameter(scope, id, { name: `/${id}`, type: 'String', value: 'x' });

describe('a stack', () => {
  it('is a complete root module: backend, provider with region and tags, required Terraform', () => {
    const module = stackOf({});
    expect(module.terraform.backend).toEqual({ local: { path: '../../../terraform.shop-test-network.tfstate' } });
    expect(module.terraform.required_version).toBe(REQUIRED_TERRAFORM);
    expect(module.terraform.required_providers.aws).toEqual({ source: 'aws', version: '>= 6.26.0, < 7.0.0' });
    expect(module.provider.aws).toEqual([
      { region: 'eu-west-1', allowed_account_ids: ['123456789012'], default_tags: [{ tags: { system: 'shop' } }] },
    ]);
  });

  it('refuses other accounts only when it knows its own', () => {
    expect(stackOf({ account: undefined }).provider.aws?.[0]).not.toHaveProperty('allowed_account_ids');
  });

  it('takes the account from its description, and asks AWS only when there is none', () => {
    const known = stackOf({}, (stack) => stack.addOutput('owner', 'the account', stack.accountId));
    expect(known.output?.owner?.value).toBe('123456789012');
    expect(known.data).toBeUndefined();
    const unknown = stackOf({ account: undefined }, (stack) =>
      stack.addOutput('owner', 'the account', `${stack.accountId}${stack.accountId}`),
    );
    expect(unknown.output?.owner?.value).toContain('${data.aws_caller_identity.account.account_id}');
  });
});

describe('an output for people', () => {
  const command = (value: string) => () => synthModule((stack) => stack.addOutput('command', 'a command', value));

  it('is the same text in `terraform output` and `terraform output -raw`', () =>
    expect(command("echo 'two words' $id; ls | wc -l")().output?.command?.value).toBe("echo 'two words' $id; ls | wc -l"));

  it.each(['echo "$id"', 'echo a\\b', 'echo a\necho b'])('refuses %j, which Terraform prints with escapes', (value) =>
    expect(command(value)).toThrow(/the output command contains a character that Terraform escapes/),
  );
});

describe('an address', () => {
  it('is the construct path, readable and without a hash', () => {
    const module = synthModule((stack) => void parameter(new Construct(stack, 'images'), 'pricing-sync'));
    expect(Object.keys(module.resource?.aws_ssm_parameter ?? {})).toEqual(['images_pricing-sync']);
  });

  it('is that of the construct for a resource called Default, unless another resource has it', () => {
    const module = synthModule((stack) => void parameter(new Construct(stack, 'platform-logs'), 'Default'));
    expect(Object.keys(module.resource?.aws_ssm_parameter ?? {})).toEqual(['platform-logs']);
    const clash = () =>
      synthModule((stack) => {
        parameter(new Construct(stack, 'images'), 'api');
        parameter(new Construct(stack, 'images_api'), 'Default');
      });
    expect(clash).toThrow(/would both get the address "images_api"/);
  });

  it('refuses ids that would blur two paths into one address', () => {
    expect(() => synthModule((stack) => void parameter(new Construct(stack, 'images_a'), 'b'))).toThrow(
      /may contain only letters, digits and hyphens/,
    );
  });

  it('refuses two constructs that would share it', () => {
    const clash = () =>
      synthModule((stack) => {
        parameter(new Construct(stack, 'images'), 'api');
        parameter(stack, 'images_api');
      });
    expect(clash).toThrow(/would both get the address "images_api"/);
  });
});

describe('the text of a stack', () => {
  const HOSTILE = 'a ${file("/etc/hostname")} %{ if true } $${b} %%{c} $$ 5% {d}';
  const ESCAPED = 'a $${file("/etc/hostname")} %%{ if true } $$${b} %%%{c} $$ 5% {d}';

  it('is literal in arguments, names of maps, tags, outputs and overrides', () => {
    const module = stackOf({ tags: { [HOSTILE]: HOSTILE } }, (stack) => {
      new SsmParameter(stack, 'x', {
        name: '/x',
        type: 'String',
        value: JSON.stringify([HOSTILE]),
        tags: { [HOSTILE]: HOSTILE },
      });
      stack.addOverride('locals.x', HOSTILE);
      stack.addOutput('o', 'o', HOSTILE.replaceAll('"', ''));
    });
    expect(module.provider.aws?.[0]?.default_tags).toEqual([{ tags: { [ESCAPED]: ESCAPED } }]);
    expect(module.resource?.aws_ssm_parameter?.x).toMatchObject({
      value: JSON.stringify([ESCAPED]),
      tags: { [ESCAPED]: ESCAPED },
    });
    expect((module as any).locals.x).toBe(ESCAPED);
    expect(module.output?.o?.value).toBe(ESCAPED.replaceAll('"', ''));
  });

  it('leaves expressions as they are: attributes of resources, and those that code writes, also inside each other', () => {
    const module = stackOf({}, (stack) => {
      const inner = expression('data.x.y["z"]');
      const { arn } = parameter(stack, 'a');
      const value = `${arn} ${inner} ${expression(`sha1("${inner}")`)} \${literal}`;
      new SsmParameter(stack, 'b', { name: '/b', type: 'String', value });
    });
    expect(module.resource?.aws_ssm_parameter?.b?.value).toBe(
      '${aws_ssm_parameter.a.arn} ${data.x.y["z"]} ${sha1("${data.x.y["z"]}")} $${literal}',
    );
  });

  it('is escaped once, however often the stack is rendered', () => {
    synthApp((app) => {
      const stack = new TerraceStack(app, props);
      new SsmParameter(stack, 'x', { name: '/x', type: 'String', value: '${x}' });
      stack.prepareStack();
      stack.toTerraform();
      expect(stack.toTerraform()).toMatchObject({ resource: { aws_ssm_parameter: { x: { value: '$${x}' } } } });
    });
  });

  it('is refused where it would turn the expression behind it into text', () => {
    expect(() =>
      stackOf({}, (stack) => {
        new SsmParameter(stack, 'x', { name: '/x', type: 'String', value: `$${expression('data.x.y')}` });
      }),
    ).toThrow('a dollar sign before an expression');
  });
});
