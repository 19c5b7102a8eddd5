/**
 * Pages of environments in Chromium: on a wide and a narrow screen, light and dark, with the keyboard, and on paper.
 * One browser for all of them; skipped where none is installed.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { environments } from '../../environments';
import { findChromium, sandboxOptions } from '../../src/commands/book/chromium';
import { runCommand } from '../support/command';

const program = findChromium(process.env.PATH ?? '');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

// Jest prints the name of what it skips, so the reason is in the name.
const inBrowser = program === undefined ? describe.skip : describe;

inBrowser('the book in Chromium (skipped where Chromium is not installed)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-browser-'));
  let browser: Browser;
  let pages: readonly string[];
  /** The list, and every fifth page from the largest on; with `TERRACE_PAGES=all` every page, as once a week. */
  let looked: readonly string[];
  const problems: string[] = [];

  beforeAll(async () => {
    await runCommand(environments, ['book', '--out', folder]);
    pages = readdirSync(folder).sort();
    looked = process.env.TERRACE_PAGES === 'all' ? pages : ['index.html', ...bySize().filter((_, index) => index % 5 === 0)];
    browser = await chromium.launch({ executablePath: program, args: [...sandboxOptions()] });
  }, 240_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(file: string, width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && problems.push(`${file}: ${message.text()}`));
    page.on('pageerror', ({ message }) => problems.push(`${file}: ${message}`));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) problems.push(`${file} requests ${request.url()}`);
    });
    await page.goto(`file://${join(folder, file)}`);
    return page;
  }

  it.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)(
    'at %d px, %s: no errors, no requests, nothing cut off, no violation that axe finds',
    async (width, scheme) => {
      for (const file of looked) {
        const page = await open(file, width, scheme);
        problems.push(...(await page.evaluate(cutOff)).map((one) => `${file} at ${width}: ${one}`));
        await page.evaluate(AXE);
        problems.push(...(await page.evaluate(violations)).map((one) => `${file} at ${width}, ${scheme}: ${one}`));
        await page.context().close();
      }
      expect(problems.splice(0)).toEqual([]);
    },
    240_000,
  );

  it('opens the facts of a node with the keyboard, zooms, and links to existing places', async () => {
    const page = await open(largest(), 1280, 'light');
    const node = page.locator('.canvas [data-node]').last();
    const id = await node.getAttribute('data-node');
    await node.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('[data-facts]:visible').getAttribute('data-facts')).toBe(id);
    const width = async (): Promise<number> => (await page.locator('.canvas svg').boundingBox())?.width ?? 0;
    const whole = await width();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    expect(await width()).toBeGreaterThan(whole * 1.3);
    await page.locator('div.canvas').focus();
    await page.keyboard.press('0');
    expect(await width()).toBeCloseTo(whole, 0);
    const broken = await page.evaluate(() =>
      Array.from(document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]'))
        .filter(({ hash }) => document.getElementById(hash.slice(1)) === null)
        .map(({ hash }) => hash),
    );
    expect(broken).toEqual([]);
    expect(problems.splice(0)).toEqual([]);
    await page.context().close();
  });

  it('is whole without its script, and on paper opens what is closed and hides its controls', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`file://${join(folder, largest())}`);
    expect(await plain.locator('[data-facts]').first().isVisible()).toBe(true);
    expect(await plain.locator('.tools').isVisible()).toBe(false);
    await context.close();

    const page = await open(largest(), 1280, 'dark');
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.length).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    await page.context().close();
  });

  /** The pages of environments, the one with the most on it first. */
  const bySize = (): readonly string[] =>
    pages
      .filter((file) => file !== 'index.html')
      .sort((one, other) => readFileSync(join(folder, other)).length - readFileSync(join(folder, one)).length);
  const largest = (): string => bySize()[0] ?? '';
});

/** Runs in the page: what is wider than the screen, and texts that are wider than their boxes. */
function cutOff(): string[] {
  const { documentElement: root } = document;
  const found = root.scrollWidth > root.clientWidth ? [`the page is ${root.scrollWidth} wide`] : [];
  for (const element of Array.from(document.querySelectorAll<HTMLElement>('main *, header *'))) {
    if (element instanceof SVGElement || element.closest('.scrolls, .canvas, .unseen') !== null) continue;
    if (getComputedStyle(element).display === 'inline' || element.scrollWidth <= element.clientWidth + 1) continue;
    found.push(`${element.tagName} "${element.innerText.slice(0, 40)}" is ${element.scrollWidth} in ${element.clientWidth}`);
  }
  return found;
}

/** Runs in the page, after axe. */
async function violations(): Promise<string[]> {
  const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
  const { violations: found } = await axe.run();
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120) ?? ''}`);
}
