/** The graph of an environment, from its synthesised JSON alone. */
import type { RootModule } from '../../../terraform/root-module';
import { addBox } from './box';
import { addData } from './data';
import { addEdge, addFrontends } from './edge';
import { Estate } from './estate';
import { Graph, type Collected } from './graph';
import { addKubernetes, addPodTraffic } from './kubernetes';
import { addNetwork } from './network';
import { addPermissions } from './permissions';
import { addPodCalls } from './pod-calls';
import { addSupport } from './support';
import { addTraffic, addUnnamedProxy } from './traffic';
import { addWorkloads } from './workloads';

/** @param environment its name, with which the ids of its stacks begin */
export function collect(environment: string, stacks: ReadonlyMap<string, RootModule>): Collected {
  const estate = new Estate(environment, stacks);
  const graph = new Graph();
  addNetwork(graph, estate);
  addData(graph, estate);
  addFrontends(graph, estate);
  addWorkloads(graph, estate);
  addBox(graph, estate);
  addKubernetes(graph, estate);
  addEdge(graph, estate);
  addTraffic(graph, estate);
  addPodTraffic(graph, estate);
  addPodCalls(graph, estate);
  addUnnamedProxy(graph);
  addPermissions(graph, estate);
  addSupport(graph, estate);
  return graph.collected();
}
