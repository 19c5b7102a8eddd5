/**
 * IAM actions that need attention: those by which a principal gains more than its policy says, and those that AWS cannot limit
 * to a resource. The rules about permissions, the policy gate and the plan guard use the same lists.
 *
 * Sources: the escalation paths of pathfinding.cloud (Datadog) and of Rhino Security Labs ("AWS IAM Privilege Escalation");
 * "Actions, resources, and condition keys for AWS services" (AWS Service Authorization Reference). Both 2026-11.
 */

/** Actions of one kind; names may contain `*`. */
export interface EscalationActions {
  /** What the principal can do with any of them, after "can". */
  readonly gains: string;
  readonly actions: readonly string[];
  /** Actions that match `actions` and are harmless. */
  readonly except?: readonly string[];
  /** Condition keys of which one limits the actions on named resources to their purpose. Only the plan guard accepts them. */
  readonly unless?: readonly string[];
  /**
   * Whether a statement that names its resources is ordinary for the plan guard: deployments, operators and controllers need it,
   * and the named resource limits it. The other rules ask for a reason.
   */
  readonly isOrdinaryOnNames?: boolean;
}

/** The actions by which a principal gains further permissions, runs code with another role, or opens a resource to others. */
export const ESCALATION_ACTIONS: readonly EscalationActions[] = [
  {
    gains: 'give a role to a service, and act through it',
    actions: ['iam:PassRole'],
    unless: ['iam:PassedToService'],
  },
  {
    gains: 'change what itself or another identity may do',
    actions: ['iam:*', 'organizations:*', 'account:*', 'sso:*', 'identitystore:*', 'rolesanywhere:*'],
    except: [
      'iam:PassRole',
      'iam:Get*',
      'iam:List*',
      'iam:Generate*',
      'iam:Simulate*',
      'organizations:Describe*',
      'organizations:List*',
      'account:Get*',
      'account:List*',
      'sso:Describe*',
      'sso:Get*',
      'sso:List*',
      'identitystore:Describe*',
      'identitystore:Get*',
      'identitystore:List*',
      'rolesanywhere:Get*',
      'rolesanywhere:List*',
    ],
  },
  {
    gains: 'act as another role',
    isOrdinaryOnNames: true,
    actions: ['sts:AssumeRole*', 'sts:GetFederationToken', 'cognito-identity:SetIdentityPoolRoles'],
  },
  {
    gains: 'replace the code of a function or call it from elsewhere',
    actions: [
      'lambda:AddLayerVersionPermission',
      'lambda:AddPermission',
      'lambda:CreateEventSourceMapping',
      'lambda:CreateFunction',
      'lambda:CreateFunctionUrlConfig',
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
      'lambda:UpdateFunctionUrlConfig',
    ],
  },
  {
    gains: 'run commands on hosts or inside containers',
    isOrdinaryOnNames: true,
    actions: [
      'ec2-instance-connect:Send*',
      'ecs:ExecuteCommand',
      'ssm:CreateAssociation',
      'ssm:CreateDocument',
      'ssm:ResumeSession',
      'ssm:SendCommand',
      'ssm:StartAutomationExecution',
      'ssm:StartSession',
      'ssm:UpdateAssociation',
      'ssm:UpdateDocument*',
    ],
  },
  {
    gains: 'start tasks and hosts, with the roles that they have',
    isOrdinaryOnNames: true,
    actions: [
      'autoscaling:CreateAutoScalingGroup',
      'autoscaling:CreateLaunchConfiguration',
      'autoscaling:UpdateAutoScalingGroup',
      'batch:RegisterJobDefinition',
      'batch:SubmitJob',
      'ec2:AssociateIamInstanceProfile',
      'ec2:CreateFleet',
      'ec2:CreateLaunchTemplateVersion',
      'ec2:ModifyInstanceAttribute',
      'ec2:ModifyLaunchTemplate',
      'ec2:ReplaceIamInstanceProfileAssociation',
      'ec2:RequestSpot*',
      'ec2:RunInstances',
      'ecs:CreateService',
      'ecs:CreateTaskSet',
      'ecs:RegisterTaskDefinition',
      'ecs:RunTask',
      'ecs:StartTask',
    ],
  },
  {
    gains: 'run code in a service that has a role',
    isOrdinaryOnNames: true,
    actions: [
      'apprunner:CreateService',
      'apprunner:UpdateService',
      'bedrock-agentcore:CreateCodeInterpreter',
      'bedrock-agentcore:InvokeCodeInterpreter',
      'bedrock-agentcore:StartCodeInterpreterSession',
      'codebuild:CreateProject',
      'codebuild:StartBuild*',
      'codebuild:UpdateProject',
      'codedeploy:CreateDeployment',
      'codepipeline:CreatePipeline',
      'codepipeline:UpdatePipeline',
      'codestar:CreateProject',
      'datapipeline:ActivatePipeline',
      'datapipeline:CreatePipeline',
      'datapipeline:PutPipelineDefinition',
      'elasticmapreduce:AddJobFlowSteps',
      'elasticmapreduce:RunJobFlow',
      'events:PutTargets',
      'glue:CreateDevEndpoint',
      'glue:CreateJob',
      'glue:CreateSession',
      'glue:CreateTrigger',
      'glue:RunStatement',
      'glue:StartJobRun',
      'glue:UpdateDevEndpoint',
      'glue:UpdateJob',
      'sagemaker:CreateNotebookInstance*',
      'sagemaker:CreatePresigned*',
      'sagemaker:CreateProcessingJob',
      'sagemaker:CreateTrainingJob',
      'sagemaker:UpdateNotebookInstance*',
      'scheduler:CreateSchedule',
      'scheduler:UpdateSchedule',
      'states:CreateStateMachine',
      'states:UpdateStateMachine',
    ],
  },
  {
    gains: 'create and change resources through CloudFormation',
    isOrdinaryOnNames: true,
    actions: ['cloudformation:*'],
    except: [
      'cloudformation:Describe*',
      'cloudformation:Detect*',
      'cloudformation:Estimate*',
      'cloudformation:Get*',
      'cloudformation:List*',
      'cloudformation:Validate*',
    ],
  },
  {
    gains: 'become an administrator of a cluster, or give pods a role',
    actions: [
      'eks:AssociateAccessPolicy',
      'eks:CreateAccessEntry',
      'eks:CreateNodegroup',
      'eks:CreatePodIdentityAssociation',
      'eks:UpdateAccessEntry',
      'eks:UpdatePodIdentityAssociation',
    ],
  },
  {
    gains: 'give others the use of a key',
    actions: ['kms:CreateGrant'],
    unless: ['kms:GrantIsForAWSResource', 'kms:ViaService'],
  },
  {
    gains: 'open a key, a secret or another resource to others',
    actions: [
      'backup:PutBackupVaultAccessPolicy',
      'dynamodb:PutResourcePolicy',
      'ec2:ModifyImageAttribute',
      'ec2:ModifySnapshotAttribute',
      'ecr:PutRegistryPolicy',
      'ecr:SetRepositoryPolicy',
      'elasticfilesystem:PutFileSystemPolicy',
      'events:PutPermission',
      'glue:PutResourcePolicy',
      'kms:PutKeyPolicy',
      'logs:PutResourcePolicy',
      'rds:ModifyDBClusterSnapshotAttribute',
      'rds:ModifyDBSnapshotAttribute',
      's3:DeleteBucketPolicy',
      's3:PutAccessPointPolicy',
      's3:PutAccountPublicAccessBlock',
      's3:PutBucketAcl',
      's3:PutBucketOwnershipControls',
      's3:PutBucketPolicy',
      's3:PutBucketPublicAccessBlock',
      's3:PutObject*Acl',
      's3:PutReplicationConfiguration',
      'secretsmanager:PutResourcePolicy',
      'sns:AddPermission',
      'sns:SetTopicAttributes',
      'sqs:AddPermission',
      'sqs:SetQueueAttributes',
    ],
  },
  {
    gains: 'set the master password of a database',
    isOrdinaryOnNames: true,
    actions: ['rds:ModifyDBCluster', 'rds:ModifyDBInstance', 'redshift:GetClusterCredentials*', 'redshift:ModifyCluster'],
  },
  {
    gains: 'make data unreadable, or take away what protects it',
    actions: [
      'kms:DisableKey',
      'kms:ScheduleKeyDeletion',
      's3:BypassGovernanceRetention',
      's3:PutBucketVersioning',
      's3:PutLifecycleConfiguration',
      'secretsmanager:DeleteResourcePolicy',
    ],
  },
  {
    gains: 'hide what was done',
    actions: ['cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:StopLogging', 'cloudtrail:UpdateTrail'],
  },
];

/** Actions that a policy allows on every resource, because AWS has no narrower form; names may contain `*`. */
export interface UnscopedActions {
  readonly actions: readonly string[];
  readonly reason: string;
  /** The condition key that has to narrow them instead; without one they are harmless or not narrowed by AWS. */
  readonly condition?: string;
}

export const UNSCOPED_ACTIONS: readonly UnscopedActions[] = [
  { actions: ['ecr:GetAuthorizationToken'], reason: 'the login of a registry; pulling needs further, scoped actions' },
  { actions: ['sts:GetCallerIdentity'], reason: 'returns the name of the caller' },
  {
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSampling*'],
    reason: 'X-Ray has no resource for traces',
  },
  {
    actions: [
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
      'ec2messages:AcknowledgeMessage',
      'ec2messages:DeleteMessage',
      'ec2messages:FailMessage',
      'ec2messages:GetEndpoint',
      'ec2messages:GetMessages',
      'ec2messages:SendReply',
    ],
    reason: 'channels between a host or task and Systems Manager, bound to the caller',
  },
  {
    actions: [
      'acm:DescribeCertificate',
      'acm:ListCertificates',
      'autoscaling:Describe*',
      'cloudwatch:GetMetricData',
      'cloudwatch:GetMetricStatistics',
      'cloudwatch:ListMetrics',
      'ec2:Describe*',
      'ec2:GetInstanceTypesFromInstanceRequirements',
      'ec2:GetSecurityGroupsForVpc',
      'elasticloadbalancing:Describe*',
      'iam:GetServerCertificate',
      'iam:ListServerCertificates',
      'logs:DescribeLogGroups',
      'route53:ListHostedZones*',
      's3:ListAllMyBuckets',
      'tag:GetResources',
      'wafv2:GetWebACL',
      'wafv2:GetWebACLForResource',
    ],
    reason: 'lists or describes configuration, no contents; most have no resource level',
  },
  {
    actions: ['pricing:DescribeServices', 'pricing:GetAttributeValues', 'pricing:GetProducts'],
    reason: "AWS's public price list",
  },
  {
    actions: [
      'comprehend:BatchDetect*',
      'comprehend:Detect*',
      'rekognition:CompareFaces',
      'rekognition:DetectFaces',
      'rekognition:DetectLabels',
      'rekognition:DetectModerationLabels',
      'rekognition:DetectText',
      'textract:AnalyzeDocument',
      'textract:AnalyzeExpense',
      'textract:AnalyzeID',
      'textract:DetectDocumentText',
      'translate:TranslateText',
    ],
    reason: 'works on the input of the call; there is no resource',
  },
  { actions: ['secretsmanager:GetRandomPassword'], reason: 'draws a random text; there is no resource' },
  {
    actions: ['cloudwatch:PutMetricData'],
    reason: 'metrics have no ARN; a namespace narrows them',
    condition: 'cloudwatch:namespace',
  },
  { actions: ['ecs:ListTasks'], reason: 'the cluster narrows it; task ARNs are not known before', condition: 'ecs:cluster' },
  {
    actions: ['iam:CreateServiceLinkedRole'],
    reason: 'AWS writes the policy of such a role; the service narrows it',
    condition: 'iam:AWSServiceName',
  },
];
