import { array, assert, asyncProperty, boolean, integer } from 'fast-check';
import type { DatabasePlace } from '../../../src/operations/database-place';
import { environmentSteps } from '../../../src/operations/move/environment-move';
import { journalSchema, newJournal } from '../../../src/operations/move/journal';
import { MoveMachine, type MachineResult } from '../../../src/operations/move/machine';
import type { RoutePart } from '../../../src/operations/move/parts/route';
import { PHASES } from '../../../src/operations/move/steps';
import { NetworkOfAws } from '../../support/network-of-aws';
import { operated } from '../../support/operated';
import { Killed, MemoryJournal, SimulatedWorld, simulatedEngine, simulatedStacks } from '../../support/simulated-move';

const QUIET = () => undefined;

/** A person with the command: every call reads the descriptions and the journal again, as a new process does. */
class Person {
  public readonly world = new SimulatedWorld();
  public readonly store = new MemoryJournal(this.world);
  public readonly network = new NetworkOfAws();
  private runs = 0;

  constructor(private readonly live: boolean) {}

  public async run(wish: 'watch' | 'finish' | 'back', discardWrites = false): Promise<MachineResult | 'killed'> {
    try {
      return await this.attempt(wish, discardWrites);
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      throw error;
    }
  }

  private async attempt(wish: 'watch' | 'finish' | 'back', discardWrites: boolean): Promise<MachineResult> {
    const { world, store } = this;
    const choices = { live: this.live, secrets: false, leave: [] };
    const stored = (await store.read()) ?? {
      journal: newJournal({ kind: 'environment', source: 'shop-mvp', target: 'shop-growth', choices }, new Date()),
      version: undefined as never,
    };
    const place = (name: string): DatabasePlace => ({ name, run: () => Promise.reject(new Error('the model runs no scripts')) });
    const steps = environmentSteps({
      source: operated(world.environment('shop-mvp'), undefined),
      target: operated(world.environment('shop-growth'), undefined),
      stacks: simulatedStacks(world),
      files: [],
      stackNames: ['shop-growth-network', 'shop-growth-data', 'shop-growth-edge'],
      choices,
      watched: { minutes: 1, everySeconds: 60, ask: () => Promise.resolve(200) },
      database: {
        engine: simulatedEngine(world),
        store,
        live: this.live,
        ...(this.live ? { route: this.routeOf(stored.journal.id) } : {}),
        sourceName: 'shop-mvp',
        targetName: 'shop-growth',
        moveOf: () =>
          Promise.resolve({
            id: stored.journal.id,
            source: place('shop-mvp'),
            target: place('shop-growth'),
            route: { kind: 'direct', at: 'source', folder: '/tmp', other: {} as never },
            jobs: 1,
          }),
      },
      // The health of the new side is not part of the model.
    }).filter(({ id }) => id !== 'watch/health');
    this.runs += 1;
    const machine = new MoveMachine({
      store,
      stored,
      steps,
      tools: { report: QUIET, discardWrites },
      run: `run-${this.runs}`,
      who: 'ann',
      takeOver: true,
    });
    return wish === 'back' ? machine.back() : machine.forward(wish, PHASES);
  }

  private routeOf(move: string): RoutePart {
    const [from, to] = [this.network.end('new'), { ...this.network.end('old'), vpcId: 'vpc-new' }];
    const crossings = () => Promise.resolve([{ from, to, port: 5432 }]);
    return { parts: { move, asks: from.aws, answers: to.aws, crossings }, problems: [], between: 'one to the other' };
  }
}

/** What must hold at every moment. */
function check({ world, store }: Person): void {
  const { sides, deployed, confirmed } = world;
  if (store.stored !== undefined) journalSchema.parse(store.stored.journal);
  // Visitors write to one side only, and that side has everything that was ever confirmed, unless it refuses them.
  const serving = sides[deployed];
  if (serving.frozenBy.size === 0) for (const row of confirmed.keys()) expect(serving.rows).toContain(row);
  // Whatever was confirmed is somewhere.
  for (const row of confirmed.keys()) expect([...sides['shop-mvp'].rows, ...sides['shop-growth'].rows]).toContain(row);
}

describe('a move that is killed at any moment', () => {
  const kills = array(integer({ min: 0, max: 40 }), { maxLength: 6 });

  it('is continued to its end, and the new side has every write that was confirmed', async () => {
    await assert(
      asyncProperty(kills, boolean(), async (points, live) => {
        const person = new Person(live);
        for (const point of [...points, Infinity, Infinity, Infinity]) {
          person.world.write();
          person.world.killAfter = point;
          const result = await person.run('watch');
          person.world.killAfter = Infinity;
          check(person);
          if (result !== 'killed' && result.end === 'waiting') person.world.described = 'shop-growth';
        }
        expect(person.world.deployed).toBe('shop-growth');
        expect(person.world.write()).toBe(true);
        expect(person.network.left).toHaveLength(live ? 2 : 0);
        expect(await person.run('finish')).toMatchObject({ end: 'finished' });
        expect(person.network.left).toEqual([]);
        check(person);
        await expect(person.run('back')).rejects.toThrow('no way back');
      }),
      { numRuns: 60 },
    );
  });

  it('is taken back from any step, and the old side has every write and accepts new ones', async () => {
    await assert(
      asyncProperty(kills, kills, boolean(), boolean(), async (forward, back, live, writesAfter) => {
        const person = new Person(live);
        const { world } = person;
        for (const point of forward) {
          // What is written to the new side is looked at below.
          if (world.deployed === 'shop-mvp') world.write();
          world.killAfter = point;
          const result = await person.run('watch');
          world.killAfter = Infinity;
          check(person);
          if (result !== 'killed' && result.end === 'waiting') world.described = 'shop-growth';
        }
        if (person.store.stored === undefined) return;
        const wasNew = world.deployed === 'shop-growth' && writesAfter && world.write();
        for (const point of [...back, Infinity, Infinity]) {
          world.killAfter = point;
          const result = await person.run('back');
          world.killAfter = Infinity;
          check(person);
          if (result !== 'killed' && result.end === 'waiting') world.described = 'shop-mvp';
        }
        if (wasNew) {
          // Refused, and visitors can go on writing where they are.
          expect({ deployed: world.deployed, state: person.store.stored.journal.state }).toEqual({
            deployed: 'shop-growth',
            state: 'open',
          });
          expect(world.write()).toBe(true);
          world.described = 'shop-mvp';
          expect(await person.run('back', true)).toMatchObject({ end: 'returned' });
        } else {
          expect(person.store.stored.journal.state).toBe('returned');
          check(person);
        }
        expect(world.deployed).toBe('shop-mvp');
        expect(person.network.left).toEqual([]);
        expect(world.write()).toBe(true);
        expect(world.sides['shop-growth'].frozenBy.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('waits for the description before the interruption begins, not during it', async () => {
    const person = new Person(false);
    expect(await person.run('watch')).toMatchObject({ end: 'waiting', step: 'verify/description' });
    expect(person.world.write()).toBe(true);
    expect(person.world.happened).not.toContain('freeze shop-mvp');
  });

  it('does not let a second person continue what somebody else runs', async () => {
    const person = new Person(false);
    await person.run('watch');
    const { journal, version } = person.store.stored!;
    const machine = (run: string, takeOver = false) =>
      new MoveMachine({
        store: person.store,
        stored: { journal: { ...journal, holder: { run: 'other', who: 'ben', at: new Date().toISOString() } }, version },
        steps: [],
        tools: { report: QUIET, discardWrites: false },
        run,
        who: 'ann',
        takeOver,
      });
    await expect(machine('mine').forward('watch', PHASES)).rejects.toThrow('ben runs this move');
    expect(await machine('mine', true).forward('watch', PHASES)).toMatchObject({ end: 'paused' });
    // The one who was overtaken learns it at the next write.
    await expect(machine('other').forward('watch', PHASES)).rejects.toThrow('somebody else has continued this move');
  });
});
