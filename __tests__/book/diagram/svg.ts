/** The SVG: the same bytes each time, safe whatever names contain, and usable with a keyboard and a screen reader. */
import { drawArchitecture } from '../../../src/book/diagram';
import { everyDrawing } from './drawn';

const HOSTILE = `<script>alert("1")</script> & 'x' \u0007]]>`;

/** Tags that are opened and not closed, or closed and not opened. */
function unbalanced(svg: string): readonly string[] {
  const open: string[] = [];
  for (const [, closing, name = '', , empty] of svg.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (closing === '/') {
      if (open.pop() !== name) return [name];
    } else if (empty !== '/') open.push(name);
  }
  return open;
}

it('is the same for the same stacks', async () => {
  for (const { name, stacks, diagram } of (await everyDrawing()).slice(0, 4)) {
    const again = await drawArchitecture({ name, stacks: new Map([...stacks].reverse()) });
    expect(again.svg).toBe(diagram.svg);
  }
});

it('is well formed, with a title, a description and no reference to anything outside', async () => {
  for (const { name, diagram } of await everyDrawing()) {
    expect(unbalanced(diagram.svg)).toEqual([]);
    expect(diagram.svg.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
    expect(diagram.svg).toContain(`>Architecture of ${name}</title>`);
    expect(diagram.svg).toMatch(/<desc id="[^"]+">\d+ parts\. Arrows: /);
    expect(diagram.svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|url\(|@import|href=/);
  }
});

it('has a button for each node, which names it', async () => {
  for (const { diagram } of await everyDrawing()) {
    const buttons = [
      ...diagram.svg.matchAll(/<g class="node [^"]*" tabindex="0" role="button" data-node="([^"]+)" aria-label="([^"]+)">/g),
    ];
    expect(buttons.map(([, id]) => id)).toEqual(diagram.nodes.map(({ id }) => id));
    expect(new Set(diagram.nodes.map(({ id }) => id)).size).toBe(diagram.nodes.length);
  }
});

it('shows the titles of nodes and not the names of resources', async () => {
  for (const { diagram } of await everyDrawing()) {
    for (const { title } of diagram.nodes) expect(title).not.toMatch(/_|\$\{|undefined/);
    for (const text of diagram.svg.matchAll(/<text[^>]*>([^<]*)</g)) expect(text[1]).not.toMatch(/\$\{|undefined|NaN/);
  }
});

it('escapes what names contain', async () => {
  const stacks = new Map([
    [
      'shop-data',
      {
        provider: { aws: [{ region: 'eu-west-1' }] },
        terraform: {},
        resource: { aws_amplify_app: { web: { name: HOSTILE } }, aws_s3_bucket: { bucket_files_bucket: { bucket: HOSTILE } } },
      },
    ],
  ]);
  const { svg, nodes } = await drawArchitecture({ name: 'shop', stacks });
  expect(nodes.map(({ title }) => title)).toContain(HOSTILE);
  expect(svg).not.toContain('<script');
  expect(svg).not.toContain('\u0007');
  expect(svg).toContain('&lt;script&gt;');
  expect(unbalanced(svg)).toEqual([]);
});

it('draws an environment without any stack as an empty picture', async () => {
  const { nodes, edges, svg } = await drawArchitecture({ name: 'nothing', stacks: new Map() });
  expect([nodes, edges]).toEqual([[], []]);
  expect(unbalanced(svg)).toEqual([]);
});
