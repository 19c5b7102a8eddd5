/** The rooms of src: imports point down, as import-rules.json says, and no files import each other in a circle. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const ROOT = join(__dirname, '../..');

interface Room {
  readonly room: string;
  readonly holds: string;
  readonly mayImport: readonly string[];
  readonly subfoldersApart?: boolean;
}

const ROOMS: readonly Room[] = JSON.parse(readFileSync(join(ROOT, 'import-rules.json'), 'utf8'));

const typescript = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.endsWith('.test.ts'))
    .map((file) => posix.join(folder, file.replaceAll('\\', '/')));

const FILES: readonly string[] = [...typescript('src'), ...typescript('environments'), 'main.ts'];

/** File to the files that it imports, types included. */
const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(
  FILES.map((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/g)].map(([, specifier]) => specifier as string);
    const targets = specifiers.map((specifier) => posix.join(posix.dirname(file), specifier));
    const found = targets.flatMap((target) =>
      [target, `${target}.ts`, posix.join(target, 'index.ts')].filter((path) => FILES.includes(path)).slice(0, 1),
    );
    return [file, [...new Set(found)]];
  }),
);

function roomOf(file: string): Room | undefined {
  const holding = ROOMS.filter(({ room }) => file === room || file.startsWith(`${room}/`));
  return holding.sort((one, other) => other.room.length - one.room.length)[0];
}

/** The circles of a graph, each as the nodes that reach each other. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const reached = (start: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const waiting = [...(graph.get(start) ?? [])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(graph.get(next) ?? []));
    }
    return seen;
  };
  const reach = new Map([...graph.keys()].map((node) => [node, reached(node)]));
  return [...graph.keys()].flatMap((node) => {
    const others = [...(reach.get(node) ?? [])].filter((other) => reach.get(other)?.has(node) === true);
    return others.length > 0 && others.every((other) => node <= other) ? [others.sort()] : [];
  });
}

describe('the rooms of src', () => {
  it('hold every file, and no room is without one', () => {
    expect(FILES.filter((file) => roomOf(file) === undefined)).toEqual([]);
    expect(ROOMS.filter(({ room }) => !FILES.some((file) => roomOf(file)?.room === room)).map(({ room }) => room)).toEqual([]);
  });

  it('are listed from the bottom up: a room may import only rooms above it in the table', () => {
    const known = new Set<string>();
    for (const { room, mayImport } of ROOMS) {
      expect({ room, unknown: mayImport.filter((other) => !known.has(other)) }).toEqual({ room, unknown: [] });
      known.add(room);
    }
  });

  it('import only what the table lets them', () => {
    const wrong = [...IMPORTS].flatMap(([file, targets]) =>
      targets.flatMap((target) => {
        const [own, other] = [roomOf(file), roomOf(target)];
        return own === other || own?.mayImport.includes(other?.room ?? '') === true ? [] : [`${file} -> ${target}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('each use every import that the table lets them, so that the table has no spare holes', () => {
    const used = new Set(
      [...IMPORTS].flatMap(([file, targets]) => targets.map((to) => `${roomOf(file)?.room} -> ${roomOf(to)?.room}`)),
    );
    // There may be no environment.
    const rooms = ROOMS.filter(({ room }) => room !== 'environments');
    const spare = rooms
      .flatMap(({ room, mayImport }) => mayImport.map((other) => `${room} -> ${other}`))
      .filter((arrow) => !used.has(arrow));
    expect(spare).toEqual([]);
  });

  it('have no circle of imports, not even of types', () => {
    expect(circlesOf(IMPORTS)).toEqual([]);
  });
});

describe('the search for circles', () => {
  it('finds one, and none where there is none', () => {
    expect(
      circlesOf(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a', 'd']],
          ['d', []],
        ]),
      ),
    ).toEqual([['a', 'b', 'c']]);
    expect(
      circlesOf(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toEqual([]);
  });
});

describe('lint', () => {
  const problemOf = (from: string, to: string): string => {
    const program = `import { importProblem } from './scripts/import-direction.mjs'; console.log(importProblem(${JSON.stringify(from)}, ${JSON.stringify(to)}) ?? 'allowed')`;
    return execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT, encoding: 'utf8' }).trim();
  };

  it('refuses an import that points up, and one between the folders of two tiers, with the rooms that are allowed', () => {
    expect(problemOf('src/modules/storage/bucket.ts', 'src/stacks/data-stack')).toMatch(
      /src\/modules .* may not import src\/stacks: it may import/,
    );
    expect(problemOf('src/tiers/box/stack.ts', 'src/tiers/fargate/stack')).toMatch(
      /folders of src\/tiers do not import each other/,
    );
    expect(problemOf('src/config/rules/database-rules.ts', 'src/config/resolve/environment')).toMatch(
      /may not import src\/config\/resolve/,
    );
  });

  it('accepts an import that points down, and one within a folder', () => {
    expect(problemOf('src/stacks/data-stack.ts', 'src/modules/storage/bucket')).toBe('allowed');
    expect(problemOf('src/tiers/box/stack.ts', 'src/tiers/box/outputs')).toBe('allowed');
    expect(problemOf('src/tiers/registry.ts', 'src/tiers/box/tier')).toBe('allowed');
  });

  it('has the same table as this test', () => {
    expect(existsSync(join(ROOT, 'import-rules.json'))).toBe(true);
    expect(readFileSync(join(ROOT, 'eslint.config.mjs'), 'utf8')).toContain("'terrace/import-direction': 'error'");
  });
});
