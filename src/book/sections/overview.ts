/** What the environment is, in a few figures. Pure. */
import type { Book } from '../book';
import type { Section } from '../elements';
import { html, type Html, type Part } from '../html';
import { about } from '../../cost/money';
import { availabilityOf, recoveriesOf } from '../facts/recovery';
import { loadRange, resourceCount } from '../facts/sizes';
import { tierName } from '../tier-names';

export function overviewSection(book: Book): Section {
  const { environment, cost, modules } = book;
  const { network, workloads, tier, nextTier, identity, protect } = environment;
  const database = recoveriesOf(environment).find(({ what }) => what === 'database');
  const next = nextTier === undefined ? '' : `; ${tierName(nextTier.kind)} waits`;
  const long = { services: workloads.services.length, workers: workloads.workers.length, jobs: workloads.jobs.length };
  const counts = Object.entries(long)
    .filter(([, number]) => number > 0)
    .map(([noun, number]) => `${number} ${number === 1 ? noun.slice(0, -1) : noun}`);
  return {
    id: 'overview',
    title: 'At a glance',
    body: html`<div class="tiles">
      ${[
        tile('Tier', tierName(tier.kind), `${identity.region}${next}`),
        tile('Cost a month', about(cost.total).replace(/ a month$/, ''), loadRange(cost.total)),
        tile('Availability', availabilityOf(environment), `${network.zones.length} zones in the network`),
        database !== undefined && tile('Most data lost', database.point, `database: ${database.copies}`),
        tile(
          'Runs',
          counts.join(', ') || 'nothing',
          `${resourceCount(modules)} resources in ${Object.keys(modules).length} stacks`,
        ),
        tile(
          'Protection',
          protect ? 'protected' : 'not protected',
          protect ? 'data cannot be destroyed by an apply' : 'data can be destroyed by an apply',
        ),
      ]}
    </div>`,
  };
}

function tile(label: string, value: Part, note: Part): Html {
  return html`<div class="tile">
    <p class="label">${label}</p>
    <p class="value ${typeof value === 'string' && value.length > 26 && 'long'}">${value}</p>
    <p class="note">${note}</p>
  </div>`;
}
