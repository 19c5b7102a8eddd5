/** The pages: what is in them, and that they load nothing. */
import { environmentPage } from '../../src/book/environment-page';
import { comparisonsOf } from '../../src/book/facts/comparison';
import { allOf } from '../../src/book/facts/references';
import { indexPage } from '../../src/book/index-page';
import { resourcesOf } from '../../src/terraform/root-module';
import { boxed } from '../support/boxed';
import { richKubernetes } from '../support/kubernetes';
import { rich } from '../support/rich';
import { bookOf } from './support';

const book = bookOf(rich(), {
  risks: [{ rule: 'single-nat', path: 'network.nat', reason: 'one <zone> is enough' }],
  exceptions: [{ resources: ['aws_vpc.main'], check: 'CKV_AWS_157', stack: 'data', reason: 'one zone was chosen' }],
  assumptions: [{ path: 'network.zones', value: '2', text: '"zones". Assumption: two.', file: 'environments/shop/prod.ts' }],
});
const page = environmentPage(book);
const ids = (text: string) => [...text.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);

describe('the page of an environment', () => {
  it('has every section', () => {
    expect(ids(page)).toEqual([
      'picture',
      'overview',
      'front',
      'workloads',
      'schedules',
      'data',
      'network',
      'connections',
      'access',
      'alarms',
      'cost',
      'risks',
      'commands',
      'assumptions',
      'stacks',
    ]);
  });

  it('leaves out what the environment does not have', () => {
    const small = environmentPage(bookOf(rich(), { modules: {} }));
    expect(ids(small)).not.toContain('commands');
    expect(ids(small)).not.toContain('access');
  });

  it.each(['link rel="stylesheet"', 'src="http', 'url(http', '@import', '@font-face'])('loads nothing: no %s', (text) => {
    expect(page).not.toContain(text);
  });

  it('links to its own sections only, except addresses of the environment', () => {
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, href]) => href!);
    const local = links.filter((href) => href.startsWith('#')).map((href) => href.slice(1));
    expect(local.filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
    expect(links.filter((href) => !/^(#|https:|index\.html$|data:,$)/.test(href))).toEqual([]);
  });

  it('escapes what people wrote', () => {
    expect(page).toContain('one &lt;zone&gt; is enough');
    expect(page).not.toContain('<zone>');
  });

  it('is the same at each call: nothing in it is of today', () => {
    expect(environmentPage(book)).toBe(page);
    expect(page).not.toContain(String(new Date().getFullYear() + 1));
  });

  it('has each alarm with its remedy, each stack with its count, each node with its facts', () => {
    for (const { block } of allOf(book.modules, 'aws_cloudwatch_metric_alarm'))
      expect(page).toContain(String(block.alarm_description).split(/: | \(/)[0]);
    for (const [id, module] of Object.entries(book.modules)) {
      expect(page).toContain(id);
      expect(page).toContain(`<div>${resourcesOf(module).length}</div>`);
    }
    for (const { id } of book.picture.nodes) expect(page).toContain(`data-facts="${id}"`);
  });

  it('says where the assumptions are not known', () => {
    expect(environmentPage(bookOf(rich(), { assumptions: undefined }))).toContain('its assumptions are not known here');
  });

  it('says which command is known only after deployment', () => {
    expect(page).toMatch(/known after deployment[\s\S]{0,200}terraform -chdir=cdktf\.out\/stacks\/[a-z-]+ output -raw run_sync/);
  });
});

describe('the index', () => {
  const books = [bookOf(richKubernetes()), bookOf(rich()), bookOf(boxed())];

  it('links to each book', () => {
    for (const { environment } of books) expect(indexPage(books)).toContain(`href="${environment.identity.environment}.html"`);
  });

  it('compares the environments of a system from the smallest tier to the largest', () => {
    const [comparison] = comparisonsOf(books);
    const row = (name: string) => comparison?.rows.find(({ what }) => what === name)?.values;
    expect(row('tier')).toEqual(['one host', 'Fargate', 'Kubernetes']);
    expect(row('database')?.[0]).toBe('on the host');
    expect(row('RPO of the database')).toHaveLength(3);
    expect(row('cost a month')?.every((cost) => cost.startsWith('$'))).toBe(true);
  });

  it('keeps systems apart', () => {
    const other = bookOf(rich());
    const identity = { ...other.environment.identity, system: 'other' };
    expect(comparisonsOf([...books, { ...other, environment: { ...other.environment, identity } }])).toHaveLength(2);
  });
});
