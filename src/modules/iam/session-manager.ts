/** What an instance needs for Session Manager and Run Command. Pure. */
import type { Statement } from './policy';

export interface SessionProps {
  readonly region: string;
  readonly accountId: string;
  /** Whether operators also run commands without a session (Run Command). @default false */
  readonly commands?: boolean;
}

/**
 * The exact actions. AWS's managed policy (AmazonSSMManagedInstanceCore) could also read every parameter of the account.
 * Source: Systems Manager user guide, "Add Session Manager permissions to an existing IAM role"; ec2messages for Run Command.
 */
export function sessionStatements({ region, accountId, commands = false }: SessionProps): readonly Statement[] {
  return [
    {
      sid: 'BeFoundBySystemsManager',
      actions: ['ssm:UpdateInstanceInformation'],
      resources: [`arn:aws:ec2:${region}:${accountId}:instance/*`],
    },
    {
      sid: commands ? 'TakeSessionsAndCommands' : 'TakeSessions',
      // Channels and messages have no ARNs.
      actions: [...SESSION_ACTIONS, ...(commands ? COMMAND_ACTIONS : [])],
      resources: ['*'],
    },
  ];
}

const SESSION_ACTIONS = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

const COMMAND_ACTIONS = [
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
];
