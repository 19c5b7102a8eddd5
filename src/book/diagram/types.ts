/** The drawn architecture: what drawing it results in, and the parts of the graph that is drawn. */

/** A resource or data source of a synthesised stack. */
export interface Place {
  /** The id of the stack. */
  readonly stack: string;
  /** `aws_db_instance.database_primary`; a data source starts with `data.`. */
  readonly address: string;
}

/** A line of the panel that a node or group opens. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

export const NODE_KINDS = [
  'internet',
  'admitted-networks',
  'names',
  'proxy-network',
  'distribution',
  'web-acl',
  'frontend',
  'health-check',
  'load-balancer',
  'nat',
  'reverse-proxy',
  'service',
  'worker',
  'job',
  'function',
  'node-group',
  'add-ons',
  'database',
  'cache',
  'file-system',
  'volume',
  'bucket',
  'queue',
  'builder',
  'endpoint',
  'topic',
  'images',
  'secrets',
  'keys',
  'logs',
  'backup',
] as const;

export type NodeKind = (typeof NODE_KINDS)[number];

/** How something is shown: a title, at most three further lines, and the facts that it opens. */
interface Shown {
  readonly title: string;
  readonly addresses: readonly Place[];
  readonly facts: readonly Fact[];
}

export interface DiagramNode extends Shown {
  /** Stable: the same as long as the resource has the same address. */
  readonly id: string;
  readonly kind: NodeKind;
  /** The id of the group that the node is in; undefined outside of every group. */
  readonly group?: string;
  readonly lines: readonly string[];
}

export type GroupKind = 'global' | 'region' | 'vpc' | 'zones' | 'subnets' | 'host' | 'cluster';

export interface DiagramGroup extends Shown {
  readonly id: string;
  readonly kind: GroupKind;
  readonly parent?: string;
  readonly subtitle?: string;
}

/**
 * - `traffic`: a rule or origin allows connections; has ports
 * - `access`: an IAM policy allows it
 * - `outbound`: the way to the internet
 * - `copy`: replication, and messages that move to another queue
 */
export type EdgeKind = 'traffic' | 'access' | 'outbound' | 'copy';

export interface DiagramEdge {
  readonly id: string;
  readonly kind: EdgeKind;
  /** Ids of nodes or groups. */
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** `443`, `8000-8100`, `53/udp` or `all`; only with `traffic` and `outbound`. */
  readonly ports: readonly string[];
  /** What allows it: rules, listeners, distributions, policies, routes, records. */
  readonly allowedBy: readonly Place[];
}

export interface Diagram {
  /** A complete document, which also works inside an HTML page. */
  readonly svg: string;
  readonly nodes: readonly DiagramNode[];
  readonly groups: readonly DiagramGroup[];
  readonly edges: readonly DiagramEdge[];
  /** Where everything is, in the SVG's user units. */
  readonly geometry: Geometry;
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface DrawnEdge {
  readonly id: string;
  /** From the start of the arrow to its tip. */
  readonly points: readonly Point[];
  readonly label?: Box;
}

export interface Geometry {
  readonly nodes: ReadonlyMap<string, Box>;
  readonly groups: ReadonlyMap<string, Box>;
  readonly edges: readonly DrawnEdge[];
}
