/** What is assumed that a stack publishes while it is not deployed. */
import { Assumptions } from '../../../src/operations/first-plan/assume';
import { shaped } from '../../../src/operations/first-plan/shapes';
import type { RootModule } from '../../../src/terraform/root-module';

const MODULES: Readonly<Record<string, RootModule>> = {
  'shop-dev-network': {
    provider: { aws: [{ region: 'eu-west-1' }, { alias: 'edge', region: 'us-east-1' }] },
    resource: {
      aws_vpc: { main: { cidr_block: '10.0.0.0/16' } },
      aws_subnet: { a: {}, b: {} },
      aws_sqs_queue: { jobs: { name: 'shop-dev-jobs' }, far: { name: 'far', provider: 'aws.edge' } },
      aws_ssm_parameter: { image: { name: '/shop/image', insecure_value: '${aws_ecr_repository.api.repository_url}:initial' } },
      aws_ecr_repository: { api: { name: 'shop/api' } },
    },
    output: {
      vpc_id: { value: '${aws_vpc.main.id}' },
      subnet_ids: { value: ['${aws_subnet.a.id}', '${aws_subnet.b.id}'] },
      queues: { value: { jobs: { arn: '${aws_sqs_queue.jobs.arn}', name: '${aws_sqs_queue.jobs.name}' } } },
      far: { value: '${aws_sqs_queue.far.url}' },
      literal: { value: 'Terrace/Box' },
      escaped: { value: 'cost $${x}' },
      address: { value: 'https://${aws_vpc.main.id}.example/${aws_sqs_queue.jobs.name}' },
      odd: { value: '${jsonencode(aws_vpc.main)}' },
      unknown: { value: '${aws_new_thing.main.secret_arn}' },
      parameter_name: { value: '${aws_ssm_parameter.image.name}' },
      number: { value: 5 },
    },
  },
  'shop-dev-data': {
    provider: { aws: [{ region: 'eu-west-1' }] },
    data: { aws_ssm_parameter: { image: { name: '${data.terraform_remote_state.network.outputs.parameter_name}' } } },
    output: { passed_on: { value: '${data.terraform_remote_state.network.outputs.queues.jobs.arn}' } },
  },
};

const assumptions = new Assumptions((id) => MODULES[id]);
const published = (path: string, stack = 'shop-dev-network') => assumptions.published(stack, path);

describe('an output', () => {
  it.each([
    ['.vpc_id', 'vpc-assumed0000000001'],
    ['.subnet_ids', ['subnet-assumed0000000001', 'subnet-assumed0000000002']],
    ['.subnet_ids[1]', 'subnet-assumed0000000002'],
    ['.queues.jobs.arn', 'arn:aws:sqs:eu-west-1:000000000000:shop-dev-jobs'],
    ['.far', 'https://sqs.us-east-1.amazonaws.com/000000000000/far'],
    ['.address', 'https://vpc-assumed0000000001.example/shop-dev-jobs'],
  ])('has the form of AWS: %s', (path, value) => {
    expect(published(path)).toMatchObject({ value, isGuessed: false });
    expect(published(path)?.invented).not.toEqual([]);
  });

  it('is the value itself where the description determines it', () => {
    for (const [path, value] of [
      ['.literal', 'Terrace/Box'],
      ['.queues.jobs.name', 'shop-dev-jobs'],
      ['.escaped', 'cost ${x}'],
      ['.number', 5],
    ])
      expect(published(path as string)).toEqual({ value, invented: [], isGuessed: false });
  });

  it('is followed through the stack that passes it on', () =>
    expect(published('.passed_on', 'shop-dev-data')).toEqual({
      value: 'arn:aws:sqs:eu-west-1:000000000000:shop-dev-jobs',
      invented: ['aws_sqs_queue.jobs.arn'],
      isGuessed: false,
    }));

  it('is marked as a guess where only its name tells the form, and where nothing does', () => {
    expect(published('.unknown')).toEqual({
      value: 'arn:aws:new:eu-west-1:000000000000:assumed-main',
      invented: ['aws_new_thing.main.secret_arn'],
      isGuessed: true,
    });
    expect(published('.odd')).toEqual({ value: 'assumed', invented: ['jsonencode(aws_vpc.main)'], isGuessed: true });
  });

  it('is nothing where the stack publishes nothing, or is not in the output', () => {
    expect(published('.nothing')).toBeUndefined();
    expect(published('.vpc_id', 'shop-dev-edge')).toBeUndefined();
  });
});

it('finds the first value of a parameter that an undeployed stack creates', () =>
  expect(
    assumptions.found('shop-dev-data', {
      address: 'data.aws_ssm_parameter.image',
      section: 'data',
      type: 'aws_ssm_parameter',
      name: 'image',
      path: '.value',
    }).value,
  ).toBe('000000000000.dkr.ecr.eu-west-1.amazonaws.com/shop/api:initial'));

describe('a guess by name', () => {
  it.each([
    ['role_arn', /^arn:aws:/],
    ['owner_id', /^\d{12}$/],
    ['security_group_id', /^sg-/],
    ['private_ip', /^192\.0\.2\.\d+$/],
    ['cidr_blocks', /^192\.0\.2\.0\/24$/],
    ['invoke_url', /^https:\/\/assumed/],
    ['dns_name', /^assumed-1\.invalid$/],
    ['colour', /^assumed-colour-1$/],
  ])('of %s has a form that a provider accepts', (attribute, form) => {
    const { value, isGuessed } = shaped({ type: 'aws_new_thing', name: 'assumed-x', number: 1, region: 'eu-west-1' }, attribute);
    expect(value).toMatch(form);
    expect(isGuessed).toBe(true);
  });
});
