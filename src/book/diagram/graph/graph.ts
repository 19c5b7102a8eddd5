/** The graph while it is collected: nodes, groups, edges, and which resource each of them shows. */
import type { DiagramEdge, DiagramGroup, DiagramNode, EdgeKind, Fact, Place } from '../types';
import { keyOf } from './estate';

/** A member of a security group; `ports` when connections to others go to another member. */
export interface Member {
  readonly id: string;
  readonly ports?: readonly string[];
}

/** What the graph consists of; groups after their parents, edges sorted by id. */
export interface Collected {
  readonly nodes: readonly DiagramNode[];
  readonly groups: readonly DiagramGroup[];
  readonly edges: readonly DiagramEdge[];
}

type NewEdge = Pick<DiagramEdge, 'from' | 'to' | 'label'> & {
  readonly ports?: readonly string[];
  readonly allowedBy: readonly Place[];
};

/** Facts without those that have no value. */
export function facts(entries: Readonly<Record<string, string | number | undefined>>): readonly Fact[] {
  return Object.entries(entries).flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [{ label, value: String(value) }],
  );
}

/** `3 zones`, `1 zone` */
export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

export class Graph {
  private readonly nodes = new Map<string, DiagramNode>();
  private readonly groups = new Map<string, DiagramGroup>();
  private readonly edges = new Map<string, DiagramEdge>();
  private readonly shownAs = new Map<string, string>();
  private readonly members = new Map<string, Member[]>();

  /** Adds a node; a node with the same id gets the lines, addresses and facts as well. */
  public addNode(node: DiagramNode): string {
    const known = this.nodes.get(node.id);
    this.nodes.set(node.id, known === undefined ? node : merged(known, node));
    this.show(node.id, node.addresses);
    return node.id;
  }

  /** Adds a group once; a later one with the same id adds its addresses. */
  public addGroup(group: DiagramGroup): string {
    const known = this.groups.get(group.id);
    this.groups.set(group.id, known === undefined ? group : { ...known, addresses: union(known.addresses, group.addresses) });
    this.show(group.id, group.addresses);
    return group.id;
  }

  /** Adds an arrow, or its ports and permissions to one of the same kind between the same two. */
  public addEdge(kind: EdgeKind, { from, to, label, ports = [], allowedBy }: NewEdge): void {
    if (from === to) return;
    const id = `${from} > ${to} > ${kind}`;
    const known = this.edges.get(id);
    const all = [...new Set([...(known?.ports ?? []), ...ports])].sort(
      (one, other) => Number.parseInt(one) - Number.parseInt(other),
    );
    const labels = [...new Set([known?.label, label].flatMap((text) => text?.split(', ') ?? []))];
    const shown = all.length > 0 ? all.join(', ') : labels.join(', ');
    this.edges.set(id, {
      id,
      kind,
      from,
      to,
      ...(shown === '' ? {} : { label: shown }),
      ports: all,
      allowedBy: union(known?.allowedBy ?? [], allowedBy),
    });
  }

  /** Adds facts to a node or group that exists. */
  public addFacts(id: string, entries: Readonly<Record<string, string | number | undefined>>): void {
    const node = this.nodes.get(id);
    const group = this.groups.get(id);
    if (node !== undefined) this.nodes.set(id, { ...node, facts: [...node.facts, ...facts(entries)] });
    if (group !== undefined) this.groups.set(id, { ...group, facts: [...group.facts, ...facts(entries)] });
  }

  /** Adds a line to a node. */
  public addLine(id: string, line: string): void {
    const node = this.nodes.get(id);
    if (node !== undefined) this.nodes.set(id, { ...node, lines: [...new Set([...node.lines, line])] });
  }

  /** Makes a resource lead to a node or group. */
  public show(id: string, places: readonly Place[]): void {
    for (const place of places) if (!this.shownAs.has(keyOf(place))) this.shownAs.set(keyOf(place), id);
  }

  /** The node or group that shows a resource. */
  public at(place: Place): string | undefined {
    return this.shownAs.get(keyOf(place));
  }

  /** The first of the places that is shown. */
  public firstAt(places: readonly Place[]): string | undefined {
    return places.map((place) => this.at(place)).find((id) => id !== undefined);
  }

  public node(id: string): DiagramNode | undefined {
    return this.nodes.get(id);
  }

  public group(id: string): DiagramGroup | undefined {
    return this.groups.get(id);
  }

  /** The group of a node, or the node's ancestors' one that has the kind. */
  public ancestor(id: string, kind: DiagramGroup['kind']): DiagramGroup | undefined {
    let group = this.groups.get(this.nodes.get(id)?.group ?? id);
    while (group !== undefined && group.kind !== kind)
      group = group.parent === undefined ? undefined : this.groups.get(group.parent);
    return group;
  }

  public ofKind(...kinds: readonly DiagramNode['kind'][]): readonly DiagramNode[] {
    return [...this.nodes.values()].filter(({ kind }) => kinds.includes(kind));
  }

  /** Puts a node or group into a security group. */
  public join(securityGroups: readonly Place[], member: Member): void {
    for (const place of securityGroups) this.members.set(keyOf(place), [...(this.members.get(keyOf(place)) ?? []), member]);
  }

  /** The members of a security group that connections to, or from, a port concern. */
  public membersOf(securityGroup: Place, port?: string): readonly string[] {
    const members = this.members.get(keyOf(securityGroup)) ?? [];
    const special = members.filter(({ ports }) => port !== undefined && ports?.includes(port));
    return (special.length > 0 ? special : members.filter(({ ports }) => ports === undefined)).map(({ id }) => id);
  }

  public collected(): Collected {
    const edges = [...this.edges.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    return { nodes: [...this.nodes.values()], groups: [...this.groups.values()], edges };
  }
}

function merged(known: DiagramNode, more: DiagramNode): DiagramNode {
  return {
    ...known,
    lines: [...new Set([...known.lines, ...more.lines])],
    addresses: union(known.addresses, more.addresses),
    facts: [...known.facts, ...more.facts],
  };
}

function union(one: readonly Place[], other: readonly Place[]): readonly Place[] {
  const known = new Set(one.map(keyOf));
  return [...one, ...other.filter((place) => !known.has(keyOf(place)))];
}
