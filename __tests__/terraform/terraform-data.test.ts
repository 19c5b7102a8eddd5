/** The built-in resource is what cdktf renders, and needs no Terraform during synth. */
import child_process from 'node:child_process';
import { DataResource } from 'cdktf';
import { parseHcl } from '../../src/terraform/hcl/verify';
import { TerraformData } from '../../src/terraform/terraform-data';
import type { TerraceStack } from '../../src/terraform/terrace-stack';
import { expression } from '../../src/terraform/expression';
import { synthModule } from '../support/synth';

const values = { arn: expression('aws_lb.main.arn') };

const add = (stack: TerraceStack) => new TerraformData(stack, 'balancer', values);

it('is rendered as by cdktf', () => {
  const execSync = jest.spyOn(child_process, 'execSync').mockReturnValue(Buffer.from('Terraform v1.11.0'));
  const byCdktf = synthModule((stack) => void new DataResource(stack, 'balancer', { triggersReplace: values }));
  expect(execSync).toHaveBeenCalled();
  execSync.mockRestore();
  expect(synthModule((stack) => void add(stack))).toEqual(byCdktf);
  expect(byCdktf.resource?.terraform_data?.balancer).toMatchObject({ triggers_replace: { arn: '${aws_lb.main.arn}' } });
});

it('runs no program during synth', () => {
  const execSync = jest.spyOn(child_process, 'execSync');
  try {
    synthModule((stack) => void add(stack));
    expect(execSync).not.toHaveBeenCalled();
  } finally {
    execSync.mockRestore();
  }
});

it('is written as HCL, and refers to its id', async () => {
  let id = '';
  let hcl = '';
  synthModule((stack) => {
    id = add(stack).id;
    stack.addOutput('id', 'the id', id);
    ({ hcl } = stack.toHclTerraform());
  });
  expect(await parseHcl('test', hcl)).toMatchObject({
    resource: { terraform_data: { balancer: [{ triggers_replace: { arn: '${aws_lb.main.arn}' } }] } },
    output: { id: [{ value: '${terraform_data.balancer.id}' }] },
  });
});
