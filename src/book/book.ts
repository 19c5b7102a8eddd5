/** What a book is written from: the resolved environment, its synthesised modules, and what people wrote about them. */
import type { ResolvedEnvironment } from '../config/resolved/environment';
import type { GroupReport } from '../cost/report/json';
import type { Modules, RootModule } from '../terraform/root-module';

/** A finding of a rule that the environment accepts. */
export interface AcknowledgedRisk {
  readonly rule: string;
  /** The path that the acknowledgement is limited to. @default every finding of the rule */
  readonly path?: string;
  readonly reason: string;
}

/** A finding of a policy that is right in this environment. */
export interface PolicyException {
  readonly check: string;
  /** The kind of stack. */
  readonly stack: string;
  /** Addresses or globs. */
  readonly resources: readonly string[];
  readonly reason: string;
}

/** What fills a gap of the customer's document. */
export interface Assumption {
  /** Where it is in the environment file: `network.zones`. */
  readonly path: string;
  /** What was chosen, where it is a single value: `'16'`. */
  readonly value?: string;
  /** The comment, with what it quotes. */
  readonly text: string;
  readonly file: string;
}

/** A resource of a stack. */
export interface Place {
  readonly stack: string;
  readonly address: string;
}

/** Something in the picture that opens its facts. */
export interface PictureNode {
  readonly id: string;
  readonly addresses: readonly Place[];
  readonly title: string;
  readonly kind: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

/** The drawn architecture: an SVG whose nodes have `data-node`, with their id. */
export interface Picture {
  readonly svg: string;
  readonly nodes: readonly PictureNode[];
  readonly width: number;
  readonly height: number;
}

/** Draws the architecture of an environment. */
export type Draw = (environment: { readonly name: string; readonly stacks: ReadonlyMap<string, RootModule> }) => Promise<Picture>;

/** Everything that the book of an environment is written from. */
export interface Book {
  readonly environment: ResolvedEnvironment;
  readonly modules: Modules;
  readonly cost: GroupReport;
  readonly risks: readonly AcknowledgedRisk[];
  readonly exceptions: readonly PolicyException[];
  /** Undefined where the file of the environment was not found. */
  readonly assumptions?: readonly Assumption[];
  readonly picture: Picture;
}
