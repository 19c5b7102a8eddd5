/** What it costs. Pure. */
import { about, dollars } from '../../cost/money';
import { isWorthListing, type GroupReport } from '../../cost/report/json';
import type { Book } from '../book';
import { code, facts, table, type Section } from '../elements';
import { loadRange } from '../facts/sizes';
import { html, type Html, type Part } from '../html';

type CostPart = GroupReport['byKind'][number];

export function costSection({ cost, environment }: Book): Section {
  const { total, fixed, usage, byKind, byStack, budgetUsd, assumptions, unknown } = cost;
  const most = Math.max(...[...byKind, ...byStack].map((part) => part.total.high), 1);
  return {
    id: 'cost',
    title: 'Cost',
    lead: html`<strong>${about(total)}</strong> (${loadRange(total)}): ${dollars(fixed)} is fixed, ${dollars(usage.expected)}
      depends on use. On demand, without taxes and free tiers.`,
    body: html`${budgetUsd !== undefined && budgetBar(total.expected, budgetUsd)}
      <div class="pair">
        ${costTable('By kind', byKind, most)}
        ${costTable(
          'By stack',
          byStack.map((part) => ({ ...part, name: part.name.replace(`${environment.identity.environment}-`, '') })),
          most,
        )}
      </div>
      ${
        unknown.length > 0 &&
        html`<h3>Without a price, and not in the total</h3>
          ${table({
            caption: 'Charges without a price',
            head: ['resource', 'why'],
            rows: unknown.map(({ address, reason }) => [code(address), reason]),
          })}`
      }
      ${
        assumptions.length > 0 &&
        html`<details>
          <summary>Usage that is assumed (${assumptions.length})</summary>
          ${facts(assumptions.map(({ name, value, reason }) => [name, `${value.toLocaleString('en-US')}: ${reason}`]))}
        </details>`
      }`,
  };
}

function costTable(title: string, parts: readonly CostPart[], most: number): Html {
  return html`<div>
    <h3>${title}</h3>
    ${table({
      caption: `Cost a month ${title.toLowerCase()}`,
      head: [title.slice(3), 'low', 'expected', 'high'],
      figures: [1, 2, 3],
      rows: parts
        .filter(isWorthListing)
        .map(({ name, total }) => [
          name,
          dollars(total.low),
          html`<b>${dollars(total.expected)}</b>${bar(total.expected / most)}`,
          dollars(total.high),
        ]),
    })}
  </div>`;
}

/** @param mark where a mark is, as a share of the whole width */
function bar(share: number, mark?: number): Part {
  const width = Math.max(0, Math.min(100, share * 100));
  return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect width="${width.toFixed(1)}" height="4" rx="1" />
    ${mark !== undefined && html`<rect class="mark" x="${(mark * 100).toFixed(1)}" width="0.6" height="4" />`}
  </svg>`;
}

function budgetBar(expected: number, budget: number): Html {
  const share = expected / budget;
  return html`<p class="budget ${share > 1 && 'over'}">
    <span>Budget ${dollars(budget)}: <b>${Math.round(share * 100)} %</b> is expected${share > 1 && ', above the budget'}</span>
    ${bar(Math.min(share, 1), share > 1 ? 1 / share : undefined)}
  </p>`;
}
