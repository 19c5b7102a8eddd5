/** The rule about functions that rotate secrets. */
import { located } from './located';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

const functionsCallable = defineRule({
  id: 'rotation-function',
  severity: 'refusal',
  summary: 'A secret is rotated by a Lambda function in the region of the environment.',
  reads: ['region', 'secrets'],
  check: ({ region, secrets }) => {
    const functionArn = new RegExp(`^arn:aws[a-z-]*:lambda:${region}:\\d{12}:function:[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_$-]+)?$`);
    return located('secrets', secrets).flatMap(({ path, value: { rotation } }) =>
      findingIf(
        rotation !== undefined && !functionArn.test(rotation.functionArn),
        `${path}.rotation.functionArn`,
        rotation?.functionArn,
        `the ARN of a Lambda function in ${region}, such as "arn:aws:lambda:${region}:123456789012:function:rotate"`,
        'deploy the function in this region: Secrets Manager calls none of another region',
      ),
    );
  },
});

export const ROTATION_FUNCTION_RULES: readonly Rule[] = [functionsCallable];
