/** Renderings of changes: within their limit, for terminals and for GitHub. */
import fc from 'fast-check';
import type { ShownChange } from '../../../src/checks/plan-changes/changes';
import { renderSections, shareOut } from '../../../src/checks/plan-changes/render-markdown';
import { renderText, wantsColor } from '../../../src/checks/plan-changes/render-text';

const CHANGE: ShownChange = {
  address: 'aws_vpc.a',
  action: 'update',
  attributes: ['x'],
  reason: 'x forces it',
  lines: ['! x: 1 → 2', '+ y = 1', '  z'],
};

describe('for a terminal', () => {
  it('has colours only on a terminal, and not with NO_COLOR', () => {
    expect(wantsColor({ isTTY: true }, {})).toBe(true);
    expect(wantsColor({}, {})).toBe(false);
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(renderText([CHANGE], { color: false })).toBe('  update aws_vpc.a (x forces it)\n    ! x: 1 → 2\n    + y = 1\n      z');
    expect(renderText([CHANGE], { color: true })).toContain('\u001b[32m+ y = 1\u001b[0m');
  });

  it('cuts long changes', () =>
    expect(renderText([CHANGE], { color: false, mostLines: 1 })).toMatch(/! x: 1 → 2\n {6}… 2 more lines$/));
});

describe('for GitHub', () => {
  const change = fc.record({
    address: fc.string({ maxLength: 400 }),
    action: fc.constantFrom('create', 'update', 'delete', 'move'),
    attributes: fc.array(fc.string()),
    lines: fc.array(
      fc.string({ maxLength: 200 }).map((text) => `+ ${text.replaceAll('\n', ' ')}`),
      { maxLength: 60 },
    ),
  }) as fc.Arbitrary<ShownChange>;
  const sections = fc.array(fc.record({ head: fc.string({ maxLength: 500 }), changes: fc.array(change, { maxLength: 30 }) }), {
    maxLength: 6,
  });

  it('never exceeds the limit, and says when something was cut', () => {
    fc.assert(
      fc.property(sections, fc.integer({ min: 0, max: 20_000 }), (all, limit) => {
        const { text } = renderSections(all, { limit, mostLines: 40 });
        const fences = (text.match(/^`{3,}(diff)?$/gm) ?? []).length;
        return text.length <= limit && fences % 2 === 0;
      }),
      { numRuns: 200 },
    );
  });

  it('cuts nothing that fits, and says so when it cuts', () => {
    fc.assert(
      fc.property(sections, (all) => {
        const whole = renderSections(all, { limit: 1e9, mostLines: 100 });
        const fitting = renderSections(all, { limit: whole.text.length + 2 * all.length, mostLines: 100 });
        const short = renderSections(all, { limit: Math.floor(whole.text.length / 2), mostLines: 100 });
        const isCut = all.some(({ changes }) => changes.some(({ lines }) => lines.length > 0));
        return whole.cut === undefined && fitting.text === whole.text && (short.cut !== undefined || !isCut);
      }),
      { numRuns: 200 },
    );
  });

  it('gives every stack a share, and what one does not need to the others', () => {
    expect(shareOut([10, 1000, 1000], 1010)).toEqual([10, 500, 500]);
    expect(shareOut([10, 20], 1000)).toEqual([10, 20]);
    expect(shareOut([], 10)).toEqual([]);
  });

  it('keeps the details of the first changes and one line for each of the others', () => {
    const changes = Array.from({ length: 30 }, (_, index) => ({
      ...CHANGE,
      address: `aws_vpc.n${index}`,
      lines: Array<string>(30).fill(`+ a = ${index}`),
    }));
    const { text, cut } = renderSections([{ head: '### x', changes }], { limit: 6000, mostLines: 40 });
    expect(text).toContain('```diff');
    for (const { address } of changes) expect(text).toContain(`<code>${address}</code>`);
    expect(cut).toMatch(/^\d+ parts are shown without details or cut$/);
  });

  it('shows equal changes once, with every address, and a change of one short line without a block', () => {
    const equal = ['a', 'b', 'c'].map((name) => ({ ...CHANGE, address: `aws_vpc.${name}` }));
    const single = { ...CHANGE, address: 'aws_x.y', reason: undefined, lines: ['! days: 30 → 7'] };
    const { text } = renderSections([{ head: '', changes: [...equal, single] }], { limit: 6000, mostLines: 40 });
    expect(text).toContain('<b>update</b> 3 × <code>aws_vpc</code>');
    expect(text).toContain('```\naws_vpc.a\naws_vpc.b\naws_vpc.c\n```');
    expect(text.match(/x: 1 → 2/g)).toHaveLength(1);
    expect(text).toContain('•&nbsp; 🟡 <b>update</b> <code>aws_x.y</code>: <code>days: 30 → 7</code>');
  });

  it('has all outputs in one block', () => {
    const output = (name: string): ShownChange => ({ ...CHANGE, address: `output.${name}`, lines: [`+ ${name} = 1`] });
    const { text } = renderSections([{ head: '', changes: [output('a'), output('b')] }], { limit: 6000, mostLines: 40 });
    expect(text).toContain('<b>outputs</b> <code>a, b</code>');
    expect(text).toContain('```diff\n+ a = 1\n+ b = 1\n```');
  });

  it('opens short sections, and names what changes in the title of each change', () => {
    const { text } = renderSections([{ head: '', changes: [{ ...CHANGE, reason: undefined }] }], { limit: 6000, mostLines: 40 });
    expect(text).toContain('<details open><summary>🟡 <b>update</b> <code>aws_vpc.a</code>: x</summary>');
  });
});
