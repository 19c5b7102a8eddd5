/** What the command says about previews, for a person and as JSON. */
import { costOf } from '../../cost/calculate';
import { inputOf } from '../../cost/input';
import { dollars } from '../../cost/money';
import type { PreviewSynthesis } from '../../synthesis/preview';
import type { ExistingPreview } from './states';

/** Days of a month, as monthly prices count them: 730 hours. */
const DAYS_OF_A_MONTH = 730 / 24;

export interface PreviewFacts {
  readonly environment: string;
  readonly number: number;
  readonly stack: string;
  readonly folder: string;
  readonly urls: readonly string[];
  readonly containers: readonly string[];
  readonly jobs: readonly string[];
  readonly lifetimeDays: number;
  /** Dollars, of what the preview has of its own. */
  readonly cost: { readonly month: number; readonly lifetime: number; readonly withoutPrice: readonly string[] };
}

export type PreviewResult = PreviewFacts & { readonly outcome: 'synthesised' | 'planned' | 'deployed' | 'destroyed' };

export function describePreview({ preview, stack, folder, modules }: PreviewSynthesis): PreviewFacts {
  const { parent, number, hosts, workloads, lifetimeDays } = preview;
  const { total, unknown } = costOf(inputOf({ name: stack, modules }));
  return {
    environment: parent.identity.environment,
    number,
    stack,
    folder,
    urls: hosts.map((host) => `https://${host}`),
    containers: [...workloads.services, ...workloads.workers].map(({ key }) => key),
    jobs: workloads.jobs.map(({ key }) => key),
    lifetimeDays,
    cost: {
      month: total.expected,
      lifetime: (total.expected * lifetimeDays) / DAYS_OF_A_MONTH,
      withoutPrice: unknown.map(({ address }) => address),
    },
  };
}

export function resultText({ stack, outcome, urls, containers, folder, lifetimeDays, cost }: PreviewResult): string {
  const head = `${stack}: ${outcome}`;
  switch (outcome) {
    case 'destroyed':
      return head;
    case 'synthesised':
    case 'planned':
    case 'deployed':
      return [
        head,
        ...urls.map((url) => `  url      ${url}`),
        `  runs     ${containers.join(', ')}`,
        `  costs    about ${dollars(cost.lifetime)} in ${lifetimeDays} days (${dollars(cost.month)} a month)`,
        ...(cost.withoutPrice.length === 0 ? [] : [`           and ${cost.withoutPrice.length} charges without a price`]),
        `  folder   ${folder}`,
        ...(outcome === 'planned' ? ['  nothing was changed: add --yes'] : []),
      ].join('\n');
  }
}

export function listText(found: readonly ExistingPreview[]): string {
  if (found.length === 0) return 'there are no previews\n';
  return found
    .map(
      ({ environment, number, deployedAt, expiresAt, expired, resources }) =>
        `${environment} pr-${number}  deployed ${day(deployedAt)}, ${expired ? 'expired' : 'expires'} ${day(expiresAt)}, ${resources} resources\n`,
    )
    .join('');
}

function day(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}
