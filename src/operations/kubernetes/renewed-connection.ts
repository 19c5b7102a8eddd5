/** A connection for work that takes longer than a token is valid. */
import type * as client from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { CommandError } from '../../cli/errors';
import { explainAws } from '../../aws/errors';
import type { Target } from '../target';
import { connectToCluster, type ClusterConnection } from './connection';

/** Tokens of EKS are valid for 15 minutes. */
const RENEWAL_SECONDS = 600;

/** What is called at the moment. */
export interface ClusterCalls extends ClusterConnection {
  readonly client: typeof client;
}

/** @returns the connection of the moment; its token is renewed in time */
export function renewedConnection(target: Target): () => Promise<ClusterCalls> {
  let made: { readonly calls: Promise<ClusterCalls>; readonly at: number } | undefined;
  return () => {
    const now = performance.now();
    if (made === undefined || now - made.at > RENEWAL_SECONDS * 1000) made = { calls: connect(target), at: now };
    return made.calls;
  };
}

async function connect(target: Target): Promise<ClusterCalls> {
  const [connection, loaded] = await Promise.all([connectToCluster(target), import('@kubernetes/client-node')]);
  return { ...connection, client: loaded };
}

/** The part of the client's error that is read: its body is a `Status` of Kubernetes, as text or parsed. */
interface ClusterError {
  readonly code?: number | string;
  readonly body?: unknown;
}

/** The HTTP status that the cluster answered with. */
export function clusterStatus(error: unknown): number | undefined {
  const { code } = (error ?? {}) as ClusterError;
  return typeof code === 'number' ? code : undefined;
}

/** Does a call of the cluster, and explains its error. @throws CommandError or Unavailable */
export async function explainedByCluster<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explainCluster(error, doing);
  }
}

/** The error to end a command with. */
export function explainCluster(error: unknown, doing: string): Error {
  const status = clusterStatus(error);
  if (status === undefined) return explainAws(error, doing);
  const message = messageOf((error as ClusterError).body);
  if (status === 401 || status === 403)
    return new CommandError(
      `${doing}: the cluster refuses it: ${message}\n  fix   the tier's administrators may do everything (docs/kubernetes.md)`,
    );
  return new CommandError(`${doing}: the cluster answers ${status}: ${message}`);
}

function messageOf(body: unknown): string {
  const status = typeof body === 'string' ? parsed(body) : body;
  const { message } = (status ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : 'without a reason';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
