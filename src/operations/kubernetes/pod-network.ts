/**
 * Where pods that run scripts are in their network. Their network policies admit the database of their own environment only, so a
 * route to another one needs a policy besides: policies add up, and no stack knows of this one.
 */
import { CommandError } from '../../cli/errors';
import { DATABASE_INIT_KEY } from '../../config/names';
import type { EgressPolicy, NetworkEnd } from '../network-end';
import type { Target } from '../target';
import { clusterStatus, explainedByCluster, renewedConnection, type ClusterCalls } from './renewed-connection';

/** @throws CommandError where the environment is not deployed */
export async function podEnd(target: Target): Promise<NetworkEnd> {
  const { aws, name, published } = target;
  const [network, cluster] = await Promise.all([published('network'), published('compute-kubernetes')]);
  if (network === undefined) throw new CommandError(`${name}-network is not deployed`);
  if (cluster === undefined) throw new CommandError(`${name}-compute-kubernetes is not deployed`);
  return {
    name: `pods of ${name}`,
    aws,
    vpcId: network.vpcId,
    subnetIds: network.privateSubnetIds,
    securityGroupId: cluster.clusterSecurityGroupId,
    policy: podPolicy(renewedConnection(target)),
  };
}

/** For pods of `database-init` only, whose labels scripts have as well. */
export function podPolicy(connection: () => Promise<ClusterCalls>): EgressPolicy {
  return {
    open: async (move, cidrs, port) => {
      const { networking, batch, namespace } = apisOf(await connection());
      const job = await explainedByCluster(`reading the CronJob ${DATABASE_INIT_KEY}`, () =>
        batch.readNamespacedCronJob({ name: DATABASE_INIT_KEY, namespace }),
      );
      const labels = job.spec?.jobTemplate.spec?.template.metadata?.labels ?? {};
      // Without labels it would hold for every pod of the namespace.
      if (Object.keys(labels).length === 0) throw new CommandError(`the pods of ${DATABASE_INIT_KEY} have no labels`);
      const body: object = {
        metadata: { name: nameOf(move) },
        spec: {
          podSelector: { matchLabels: labels },
          policyTypes: ['Egress'],
          egress: [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port }] }],
        },
      };
      await explainedByCluster('opening the network policy', async () => {
        await networking.createNamespacedNetworkPolicy({ namespace, body }).catch((error: unknown) => {
          if (clusterStatus(error) !== 409) throw error;
        });
      });
    },
    close: async (move) => {
      const { networking, namespace } = apisOf(await connection());
      await explainedByCluster('closing the network policy', async () => {
        await networking.deleteNamespacedNetworkPolicy({ namespace, name: nameOf(move) }).catch((error: unknown) => {
          if (clusterStatus(error) !== 404) throw error;
        });
      });
    },
  };
}

function apisOf({ config, client, namespace }: ClusterCalls) {
  return { networking: config.makeApiClient(client.NetworkingV1Api), batch: config.makeApiClient(client.BatchV1Api), namespace };
}

/** Kubernetes takes no underscores in names. */
function nameOf(move: string): string {
  return `terrace-${move.replaceAll('_', '-')}`;
}
