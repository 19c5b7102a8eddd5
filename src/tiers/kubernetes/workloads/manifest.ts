/** What all manifests have in common: kind, name, labels. Pure. */
import type { WorkloadContext } from './context';

export type Labels = Readonly<Record<string, string>>;

export interface Metadata {
  readonly name: string;
  /** Left out only for what stands outside namespaces. */
  readonly namespace?: string;
  readonly labels: Labels;
  readonly annotations?: Labels;
}

/** One object of the Kubernetes API, in its own spelling. */
export interface Manifest<V extends string = string, K extends string = string> {
  readonly apiVersion: V;
  readonly kind: K;
  readonly metadata: Metadata;
}

/** Picks objects by their labels. */
export interface LabelSelector {
  readonly matchLabels: Labels;
}

/** What kind of workload an object belongs to. */
export type Component = 'service' | 'worker' | 'job';

/** The labels by which the pods of a workload are found. They never change: a deployment's selector is fixed at its creation. */
export function selectorLabels(key: string): Labels {
  return { 'app.kubernetes.io/name': key };
}

/** Labels of everything in the environment. */
export function commonLabels({ identity }: Pick<WorkloadContext, 'identity'>): Labels {
  return {
    'app.kubernetes.io/part-of': identity.system,
    'app.kubernetes.io/instance': identity.environment,
    'app.kubernetes.io/managed-by': 'terrace',
  };
}

/** Labels of everything that belongs to one workload. */
export function workloadLabels(context: Pick<WorkloadContext, 'identity'>, key: string, component: Component): Labels {
  return { ...selectorLabels(key), 'app.kubernetes.io/component': component, ...commonLabels(context) };
}

/** The head of an object that belongs to one workload. */
export function workloadMetadata(
  context: Pick<WorkloadContext, 'identity' | 'namespace'>,
  key: string,
  component: Component,
  annotations?: Labels,
): Metadata {
  return { name: key, namespace: context.namespace, labels: workloadLabels(context, key, component), annotations };
}

/** The head of an object of the whole environment. */
export function commonMetadata(context: Pick<WorkloadContext, 'identity' | 'namespace'>, name: string): Metadata {
  return { name, namespace: context.namespace, labels: commonLabels(context) };
}
