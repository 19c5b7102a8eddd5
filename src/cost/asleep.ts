/** What an environment does not pay while it sleeps: a negative line for each charge by the hour that stops. Pure. */
import type { ResolvedCost } from '../config/resolved/cost';
import { HOURS, type Kind } from './charge';
import type { Price } from './prices/table';
import { times, type Range } from './range';

interface ChargedLine {
  readonly address: string;
  readonly kind: Kind;
  readonly what: string;
  readonly price: Price;
  readonly quantity: Range;
  readonly assumption?: string;
}

const byTheHour = ({ price }: ChargedLine): boolean => price.unit === 'hour' || price.unit.endsWith('-hour');

/** The charges of a resource type that stop with it. */
const STOPS: Readonly<Record<string, (line: ChargedLine, asleep: NonNullable<ResolvedCost['asleep']>) => boolean>> = {
  aws_ecs_service: byTheHour,
  // Disks and the address of a stopped host are charged on.
  aws_instance: ({ price }) => price.key.startsWith('ec2/'),
  // Hosts of a group are gone with their disks. The NAT instance keeps running.
  aws_autoscaling_group: ({ address }) => !address.includes('.nat_'),
  aws_eks_node_group: () => true,
  aws_db_instance: (line, { database }) => database && byTheHour(line),
};

/** The lines, and behind each one that stops while the environment sleeps the part of it that is not charged. */
export function withoutSleep<L extends ChargedLine>(lines: readonly L[], asleep: ResolvedCost['asleep']): readonly L[] {
  if (asleep === undefined) return lines;
  const hours = Math.round(asleep.share * HOURS);
  return lines.flatMap((line) => {
    const stops = STOPS[line.address.split('.')[0] ?? ''];
    if (stops?.(line, asleep) !== true) return [line];
    const what = `${line.what}, asleep for ${hours} of ${HOURS} hours`;
    return [line, { ...line, kind: 'Sleep', what, quantity: times(line.quantity, -asleep.share), assumption: undefined }];
  });
}
