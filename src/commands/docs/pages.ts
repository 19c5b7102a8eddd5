/** Every generated page. A new generator is a line in this list. */
import { alarmsPage } from './alarms-page';
import { cloudPage } from './cloud-page';
import { costPage } from './cost-page';
import type { Page } from './page';
import { guardPage } from './guard-page';
import { policyExceptions, policyFigures } from './policy-page';
import { REFERENCE_PAGES } from './reference';
import { rulesPage } from './rules-page';

export const PAGES: readonly Page[] = [
  rulesPage,
  alarmsPage,
  policyExceptions,
  policyFigures,
  guardPage,
  costPage,
  cloudPage,
  ...REFERENCE_PAGES,
];
