/** Environments are synthesised one after the other, and nothing of one stays behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Token } from 'cdktf';
import { withoutItsTokens } from '../../src/synthesis/cdktf-patches';
import { run } from '../../src/synthesis/run';
import { expression } from '../../src/terraform/expression';
import { rendered, synthModule } from '../support/synth';
import { SHOP } from '../support/shop';

/** How many tokens cdktf holds, and through them constructs. */
const tokens = (): number => {
  const { stringTokenMap, numberTokenMap } = (globalThis as unknown as { __cdktfTokenMap: Record<string, Map<unknown, unknown>> })
    .__cdktfTokenMap as Record<'stringTokenMap' | 'numberTokenMap', Map<unknown, unknown>>;
  return stringTokenMap.size + numberTokenMap.size;
};

const resolved = (value: string): string => {
  let text = '';
  synthModule((stack) => void (text = rendered(stack, value)));
  return text;
};

it('holds no token of an environment once that is written', async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'terrace-memory-'));
  const earlier = expression('aws_vpc.earlier.id');
  const before = tokens();
  const during: number[] = [];
  try {
    const { groups, failed } = await run({
      files: SHOP,
      selected: ['shop-dev', 'shop-prod'],
      outdir,
      format: 'json',
      progress: { write: () => undefined },
      keepEarlier: true,
      inspect: () => during.push(tokens()),
    });
    expect(failed).toEqual([]);
    expect(groups.length).toBeGreaterThan(2);
  } finally {
    rmSync(outdir, { recursive: true });
  }
  expect(Math.min(...during)).toBeGreaterThan(before + 10);
  expect(tokens()).toBe(before);
  expect(resolved(earlier)).toBe('${aws_vpc.earlier.id}');
});

it('makes an expression again that it had forgotten', async () => {
  const inside = await withoutItsTokens(() => Promise.resolve(expression('aws_vpc.again.id')));
  expect(Token.isUnresolved(inside)).toBe(true);
  expect(() => resolved(inside)).toThrow('Unrecognized Token');
  expect(resolved(expression('aws_vpc.again.id'))).toBe('${aws_vpc.again.id}');
});

it('lets go of the tokens of a synthesis that failed', async () => {
  const before = tokens();
  const work = (): Promise<never> => {
    expression('aws_vpc.failed.id');
    return Promise.reject(new Error('as planned'));
  };
  await expect(withoutItsTokens(work)).rejects.toThrow('as planned');
  expect(tokens()).toBe(before);
});
