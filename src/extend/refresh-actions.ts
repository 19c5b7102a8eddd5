/** Which actions an extension may add to the plan role: those that read configuration, and no contents. Pure. */
import type { Problem } from '../config/problems/problem';

/** Verbs of actions that read; no wildcard. */
const READS = /^[a-z0-9-]+:(?:BatchGet|Describe|Get|List|View|Lookup)[A-Za-z]*$/;

/** Actions with such verbs that return contents, credentials or data of people. */
const CONTENTS = [
  /^(?:secretsmanager:(?:Batch)?GetSecretValue|ssm:GetParameter\w*|s3:GetObject(?:Version)?|s3:ListBucketVersions)$/,
  /^(?:dynamodb:(?:Batch)?Get\w+|logs:(?:Get|Describe)\w*(?:Events|Record|Results|LogObject)|kms:GetParameters\w+)$/,
  /^(?:sts:|ecr:GetAuthorizationToken|ecr:GetDownload\w+|ecr:BatchGetImage|codeartifact:Get\w*Token|cognito-\w+:Get\w*(?:Token|Credentials)\w*)/,
  /^(?:rds-data:|athena:GetQueryResults|kinesis:Get(?:Records|ShardIterator)|ec2:GetPasswordData|ec2:GetConsole\w+|lightsail:Get\w+AccessDetails)/,
  /^(?:ebs:|lambda:GetFunction$|redshift:Get\w*Credentials\w*|iam:GetAccountAuthorizationDetails|iam:List\w*Keys$|apigateway:GET$)/,
];

/** Why an action is refused; undefined when it may be added. */
export function actionProblem(action: unknown, path: string): Problem | undefined {
  if (typeof action !== 'string' || !READS.test(action))
    return {
      path,
      received: typeof action === 'string' ? `"${action}"` : `a ${typeof action}`,
      allowed: 'actions that read, without a wildcard: <service>:Describe…, Get…, List…, View…, Lookup… or BatchGet…',
      fix: 'write the actions that the provider calls when it refreshes the resource',
    };
  if (!CONTENTS.some((pattern) => pattern.test(action))) return undefined;
  return {
    path,
    received: `"${action}"`,
    allowed: 'actions that read the configuration of a resource, and not its contents',
    fix: 'remove it: the plan role reads no secret and no data; resources that need it are planned by a person',
  };
}
