/** The network route of a move, as steps: opened before the servers are compared, closed at the end or on the way back. */
import { CommandError } from '../../../cli/errors';
import { PORTS } from '../../../config/tables/ports';
import { hostEnd } from '../../box/host-network';
import { operationsOf } from '../../registry';
import type { Target } from '../../target';
import { problemsOfRoute } from '../route/check';
import type { Crossing } from '../route/crossing';
import { closeRoute, openRoute, type RouteParts } from '../route/route';
import { managedEnd, serverEnd } from '../route/server-ends';
import { done, type Step } from '../steps';

export interface RoutePart {
  readonly parts: RouteParts;
  /** Refusals, each with its fix. */
  readonly problems: readonly string[];
  /** What connects, and to what, for people. */
  readonly between: string;
}

/** Inside one environment: RDS follows the host. A dump needs no route, because the host reaches both. */
export function routeToManaged(target: Target, move: string, live: boolean): RoutePart | undefined {
  if (!live) return undefined;
  return {
    parts: {
      move,
      asks: target.aws,
      answers: target.aws,
      crossings: async () => [await crossingOf(managedEnd(target), hostEnd(target))],
      listeningHost: target,
    },
    // The description says RDS already, and means the new server.
    problems: [],
    between: `RDS to PostgreSQL on the host of ${target.name}`,
  };
}

/** Between environments: for a new server that follows, and for a dump that the new side makes. */
export function routeBetween(source: Target, target: Target, move: string, live: boolean): RoutePart | undefined {
  const isManaged = source.environment.data.database?.placement === 'managed';
  if (!live && !isManaged) return undefined;
  const place = () => operationsOf(target).placeNetwork(target);
  return {
    parts: {
      move,
      asks: target.aws,
      answers: source.aws,
      crossings: async () => [
        ...(live ? [await crossingOf(serverEnd(target), serverEnd(source))] : []),
        ...(isManaged ? [await crossingOf(place(), serverEnd(source))] : []),
      ],
      ...(isManaged ? { place } : { listeningHost: source }),
    },
    problems: problemsOfRoute({ source, target, live }),
    between: `${target.name} to the database of ${source.name}`,
  };
}

async function crossingOf(from: Promise<Crossing['from']>, to: Promise<Crossing['to']>): Promise<Crossing> {
  return { from: await from, to: await to, port: PORTS.postgres };
}

/** The first steps of their phases. */
export function routeSteps({ parts, problems, between }: RoutePart): readonly Step[] {
  const { listeningHost } = parts;
  return [
    {
      id: 'check/route',
      phase: 'check',
      text: `looks whether a network route can be opened from ${between}`,
      run: () => {
        if (problems.length > 0) throw new CommandError(problems.join('\n'));
        return Promise.resolve(done());
      },
    },
    {
      id: 'build/route',
      phase: 'build',
      text: `opens a network route from ${between}${listeningHost === undefined ? '' : ', which restarts once for it'}`,
      ...(listeningHost === undefined
        ? {}
        : { interrupts: `PostgreSQL of ${listeningHost.name} restarts, which ends its connections for some seconds.` }),
      run: (tools) => openRoute(parts, tools),
      undo: (tools) => closeRoute(parts, tools),
    },
  ];
}

/** After the marks are removed, which is the last that needs it. */
export function routeFinish({ parts, between }: RoutePart): Step {
  return {
    id: 'finish/route',
    phase: 'finish',
    text: `closes the network route from ${between}`,
    run: (tools) => closeRoute(parts, tools),
  };
}
