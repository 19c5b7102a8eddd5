/** Any of the listed environments can be applied next to each other and destroyed again, in any order. */
import { environments } from '../../environments';
import {
  checkBetween,
  isEmulated,
  parseEnvironment,
  zonesInUse,
  type ResolvedEnvironment,
  type ZoneInUse,
} from '../../src/config';
import { kindOf } from '../../src/contracts/stack-kinds';
import { addZone } from '../../src/stacks/shared-zone';
import { groupOf, ownedTwice, readings, type Stacks } from '../support/ownership';
import { synthApp, synthEnvironment } from '../support/synth';

const synthZone = (zone: ZoneInUse): Stacks => synthApp((app) => addZone(app, zone));

const togetherOf = (all: readonly ResolvedEnvironment[]): Stacks =>
  Object.assign({}, ...all.map((environment) => synthEnvironment(environment)), ...zonesInUse(all).map(synthZone)) as Stacks;

let listed: readonly ResolvedEnvironment[];
let stacks: Stacks;

beforeAll(async () => {
  const inputs = await Promise.all(Object.values(environments).map(async (load) => (await load()).default));
  listed = inputs.filter((input) => !isEmulated(input)).map((input) => parseEnvironment(input));
  stacks = togetherOf(listed);
});

describe('the listed environments, side by side', () => {
  it('are accepted together', () => expect(checkBetween({ environments: listed, recordedVolumes: {} })).toEqual([]));

  it('own nothing twice: no zone, setting, rule, CAA record, name, proof, certificate or alias', () =>
    expect(ownedTwice(stacks)).toEqual([]));

  it('read their own stacks and their shared zone, so that none waits for another environment', () => {
    const foreign = readings(stacks).filter(({ reader, producer }) => groupOf(reader) !== groupOf(producer));
    for (const { reader, producer } of foreign) {
      const kinds = [kindOf(reader), kindOf(producer)];
      // The names of a zone come last of all, and nothing reads them.
      expect(kinds[0] === 'names' ? kinds[1] === 'edge' || kinds[1] === 'zone' : kinds[1] === 'zone').toBe(true);
    }
    expect(readings(stacks).filter(({ producer }) => kindOf(producer) === 'names')).toEqual([]);
  });

  it('can each be the one that a shared zone leads to, by a change of one stack', () => {
    for (const zone of zonesInUse(listed)) {
      const servers = zone.environments.filter(({ edge }) => edge.serving.length > 0);
      const modules = servers.map(({ identity }) => switched(zone, identity.environment));
      const [first] = modules;
      const id = Object.keys(first ?? {}).find((stack) => kindOf(stack) === 'names') ?? '';
      for (const module of modules) {
        for (const other of Object.keys(module).filter((stack) => stack !== id)) expect(module[other]).toEqual(first?.[other]);
        expect(addresses(module[id])).toEqual(addresses(first?.[id]));
      }
    }
  });
});

/** The stacks of a zone as they are when its names lead to an environment. */
function switched(zone: ZoneInUse, servedBy: string): Stacks {
  const environmentsOf = zone.environments.map((environment) => {
    const { domain } = environment;
    return domain?.kind === 'shared'
      ? { ...environment, domain: { ...domain, shared: { ...domain.shared, servedBy } } }
      : environment;
  });
  return Object.assign({}, ...zonesInUse(environmentsOf).map(synthZone)) as Stacks;
}

/** The addresses of the records that every environment needs: CloudFront also has names in IPv6. */
function addresses(module: Stacks[string] | undefined): readonly string[] {
  return Object.values(module?.resource ?? {})
    .flatMap((blocks) => Object.keys(blocks))
    .filter((address) => !address.endsWith('-ipv6') && !address.endsWith('-next'))
    .sort();
}
