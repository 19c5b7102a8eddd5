/** The sections of a book, in their order. */
import type { Book } from '../book';
import type { Section } from '../elements';
import { accessSection } from './access';
import { alarmsSection } from './alarms';
import { assumptionsSection } from './assumptions';
import { commandsSection } from './commands';
import { connectionsSection } from './connections';
import { costSection } from './cost';
import { dataSection } from './data';
import { frontSection } from './front';
import { networkSection } from './network';
import { overviewSection } from './overview';
import { risksSection } from './risks';
import { schedulesSection } from './schedules';
import { stacksSection } from './stacks';
import { workloadsSection } from './workloads';

const SECTIONS: readonly ((book: Book) => Section | undefined)[] = [
  overviewSection,
  frontSection,
  workloadsSection,
  schedulesSection,
  dataSection,
  networkSection,
  connectionsSection,
  accessSection,
  alarmsSection,
  costSection,
  risksSection,
  commandsSection,
  assumptionsSection,
  stacksSection,
];

export function sectionsOf(book: Book): readonly Section[] {
  return SECTIONS.map((section) => section(book)).filter((section) => section !== undefined);
}
