/** What containers need and only people provide: values of secrets, and images. */
import { explainAws, isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { ResolvedSecret } from '../../config/resolved/environment';
import type { DataHandover } from '../../contracts/handovers';
import { outputName } from '../../terraform/output-name';
import type { Target } from '../target';

export type Missing =
  | {
      readonly kind: 'secret';
      readonly key: string;
      readonly secret: ResolvedSecret;
      readonly arn: string;
      readonly command: string;
    }
  /** @param reference what containers would run */
  | { readonly kind: 'image' | 'mirror'; readonly key: string; readonly reference: string; readonly command: string };

/**
 * In the order of the description. A public image cannot be asked for, and counts as there.
 * @param target read after the data stack was applied
 * @throws CommandError while the data stack is not deployed
 */
export async function findMissing(target: Target): Promise<readonly Missing[]> {
  const data = await target.published('data');
  if (data === undefined)
    throw new CommandError(`${target.name}-data is not deployed\n  fix   npm run deploy -- ${target.name} network domain data`);
  const outputs = (await target.outputs('data')) ?? {};
  const commandOf = (name: string): string => {
    const command = outputs[name];
    return typeof command === 'string' ? command : '';
  };
  return [
    ...(await missingSecrets(target, data, commandOf)),
    ...(await missingImages(target, data, commandOf)),
    ...(await missingMirrors(target, data, commandOf)),
  ];
}

type CommandOf = (output: string) => string;

async function missingSecrets({ environment, aws }: Target, { secrets }: DataHandover, commandOf: CommandOf) {
  const manager = await aws.secretsManager();
  const missing: Missing[] = [];
  for (const secret of environment.data.secrets) {
    const arn = secrets[secret.key]?.arn;
    if (secret.value !== 'manual' || arn === undefined) continue;
    const { VersionIdsToStages: stages = {} } = await manager.describeSecret({ SecretId: arn }).catch((error: unknown) => {
      throw explainAws(error, `looking for the value of the secret ${secret.key}`);
    });
    if (Object.values(stages).some((names) => names.includes('AWSCURRENT'))) continue;
    missing.push({ kind: 'secret', key: secret.key, secret, arn, command: commandOf(`set_secret_${outputName(secret.key)}`) });
  }
  return missing;
}

/** Those that some container runs: what the parameter of each says. */
async function missingImages(target: Target, { images }: DataHandover, commandOf: CommandOf) {
  const ssm = await target.aws.ssm();
  const missing: Missing[] = [];
  for (const key of usedImages(target)) {
    const name = images[key]?.parameterName;
    if (name === undefined) continue;
    const { Parameter: parameter } = await ssm.getParameter({ Name: name }).catch((error: unknown) => {
      throw explainAws(error, `reading which image ${key} runs`);
    });
    const reference = parameter?.Value ?? '';
    if (await exists(target, reference)) continue;
    missing.push({
      kind: 'image',
      key,
      reference,
      command: pushCommandOf(commandOf(`push_image_${outputName(key)}`), reference),
    });
  }
  return missing;
}

function usedImages({ environment: { workloads, data } }: Target): readonly string[] {
  const containers = [...workloads.services, ...workloads.workers, ...workloads.jobs];
  const used = new Set(
    [...containers, ...containers.flatMap(({ sidecars }) => sidecars)].flatMap(({ image }) =>
      image.kind === 'declared' ? [image.key] : [],
    ),
  );
  return data.images.map(({ key }) => key).filter((key) => used.has(key));
}

async function missingMirrors(target: Target, { mirrors }: DataHandover, commandOf: CommandOf) {
  const missing: Missing[] = [];
  for (const { key, image } of target.environment.data.mirrors) {
    const url = mirrors[key]?.repositoryUrl;
    if (url === undefined) continue;
    const reference = `${url}:${image.tag}`;
    if (await exists(target, reference)) continue;
    missing.push({ kind: 'mirror', key, reference, command: commandOf(`mirror_image_${outputName(key)}`) });
  }
  return missing;
}

/** With the tag that the parameter names. */
function pushCommandOf(command: string, reference: string): string {
  const tag = IN_ECR.exec(reference)?.groups?.tag;
  return tag === undefined ? command : command.replaceAll('<tag>', tag);
}

/** A reference into a registry of ECR. A repository has slashes, and either a tag or a digest. */
const IN_ECR =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com\/(?<repository>[^:@]+)(?::(?<tag>[^@]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

async function exists({ aws }: Target, reference: string): Promise<boolean> {
  const { account, region, repository, tag, digest } = IN_ECR.exec(reference)?.groups ?? {};
  if (region === undefined) return true;
  const ecr = await aws.in(region).ecr();
  try {
    const imageIds = [digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest }];
    const found = await ecr.describeImages({ registryId: account, repositoryName: repository, imageIds });
    return (found.imageDetails ?? []).length > 0;
  } catch (error) {
    if (isAwsError(error, 'ImageNotFoundException', 'RepositoryNotFoundException')) return false;
    throw explainAws(error, `looking for the image ${reference}`);
  }
}
