/** The connection to the API of an environment's cluster, with a token of EKS in place of `aws eks get-token`. */
import { createHash, createHmac } from 'node:crypto';
import type { KubeConfig } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import type { SourceData } from '@smithy/types';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { AwsClients } from '../../aws/clients';
import type { Target } from '../target';

/** Seconds that a token is valid: EKS accepts no longer ones. Source: aws-iam-authenticator, presigned URL of 60 seconds. */
const TOKEN_SECONDS = 60;

export interface ClusterConnection {
  readonly config: KubeConfig;
  readonly namespace: string;
}

/** Opens a connection, whose token is valid for 15 minutes. @throws CommandError while the cluster is not deployed */
export async function connectToCluster({ name, aws, published }: Target): Promise<ClusterConnection> {
  const [cluster, workloads] = await Promise.all([published('compute-kubernetes'), published('workloads')]);
  if (cluster === undefined || workloads === undefined) throw new CommandError(`${name}-workloads is not deployed`);
  const { clusterName, endpoint, certificateAuthority } = cluster;
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  // An API without TLS is that of a test, and the client asks to be told that nothing is verified there.
  const hasTls = endpoint.startsWith('https:');
  config.loadFromClusterAndUser(
    {
      name: clusterName,
      server: endpoint,
      ...(hasTls ? { caData: certificateAuthority } : {}),
      skipTLSVerify: !hasTls,
    },
    { name: clusterName, token: await explained('asking for a token of the cluster', () => tokenOf(clusterName, aws)) },
  );
  return { config, namespace: workloads.namespace };
}

/** A signed request of STS, which EKS sends itself to learn who asks. */
async function tokenOf(clusterName: string, aws: AwsClients): Promise<string> {
  const [sts, { SignatureV4 }] = await Promise.all([aws.sts(), import('@smithy/signature-v4')]);
  const { region } = aws.options;
  const hostname = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const signer = new SignatureV4({ service: 'sts', region, credentials: sts.config.credentials, sha256: Sha256 });
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host: hostname, 'x-k8s-aws-id': clusterName },
  };
  const { query = {} } = await signer.presign(request, {
    expiresIn: TOKEN_SECONDS,
    unhoistableHeaders: new Set(['x-k8s-aws-id']),
  });
  const url = `https://${hostname}/?${new URLSearchParams(query as Record<string, string>).toString()}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

function bytesOf(data: SourceData): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

/** SHA-256 of Node in the form that the signer asks for. */
class Sha256 {
  private readonly hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: SourceData) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  public update(data: Uint8Array): void {
    this.hash.update(data);
  }

  public digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
}
