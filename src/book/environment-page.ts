/** The book of one environment. Pure. */
import { about } from '../cost/money';
import type { Book } from './book';
import { html } from './html';
import { page } from './page';
import { sectionsOf } from './sections';
import { pictureSection } from './sections/picture';
import { tierName } from './tier-names';

export function environmentPage(book: Book): string {
  const { environment, cost } = book;
  const { identity, tier, protect } = environment;
  return page({
    title: identity.environment,
    kicker: html`<a href="index.html">All environments</a>`,
    summary: `${identity.system} on ${tierName(tier.kind)} in ${identity.region}, ${about(cost.total)}${protect ? ', protected' : ''}.`,
    wide: pictureSection(book),
    sections: sectionsOf(book),
  });
}
