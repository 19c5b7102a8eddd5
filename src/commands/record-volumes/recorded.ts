/**
 * Data volumes as they were last recorded, in `environments/data-volumes.json`: a volume grows and never shrinks, and
 * cannot move to another zone. AWS says so only while it applies, and to a move it says yes, by making an empty volume.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidEnvironment, show, type Problem } from '../../config/problems/problem';
import type { ResolvedEnvironment } from '../../config';
import type { ResolvedBoxVolume } from '../../config/tiers/box/resolved';

/** A volume that is there. */
export type RecordedVolume = Pick<ResolvedBoxVolume, 'sizeGb' | 'zone'>;

/** Environment name to its volume. */
export type RecordedVolumes = Readonly<Record<string, RecordedVolume>>;

/** Where the record lies, seen from the top of the checkout. */
export const VOLUMES_FILE = join('environments', 'data-volumes.json');

/** Reads the record; empty where there is none. */
export function readVolumes(file: string = VOLUMES_FILE): RecordedVolumes {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RecordedVolumes) : {};
}

/**
 * Holds an environment against the record.
 * @throws InvalidEnvironment when its volume would shrink or move
 */
export function checkVolume({ identity, data }: ResolvedEnvironment, recorded: RecordedVolumes): void {
  const before = Object.hasOwn(recorded, identity.environment) ? recorded[identity.environment] : undefined;
  const problems = before === undefined || data.boxVolume === undefined ? [] : differences(before, data.boxVolume);
  if (problems.length > 0) throw new InvalidEnvironment(identity.environment, problems);
}

function differences(before: RecordedVolume, now: RecordedVolume): readonly Problem[] {
  return [
    ...(now.sizeGb < before.sizeGb
      ? [
          {
            path: 'box.dataVolumeGb',
            received: show(now.sizeGb),
            allowed: `at least ${before.sizeGb}, which the volume already has (${VOLUMES_FILE})`,
            fix: `set it to ${before.sizeGb} or more: a volume grows, and never shrinks`,
          },
        ]
      : []),
    ...(now.zone !== before.zone
      ? [
          {
            path: 'network.zones',
            received: `first zone ${show(now.zone)}`,
            allowed: `first zone ${show(before.zone)}, where the data volume is (${VOLUMES_FILE})`,
            fix: 'put that zone first: in another one the host would start with an empty volume',
          },
        ]
      : []),
  ];
}

/** The record of these environments, in the order of their names; what they no longer have is left out. */
export function volumesOf(environments: readonly ResolvedEnvironment[]): RecordedVolumes {
  const entries = environments.flatMap(({ identity, data: { boxVolume } }) =>
    boxVolume === undefined ? [] : [[identity.environment, { sizeGb: boxVolume.sizeGb, zone: boxVolume.zone }] as const],
  );
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The file's text. */
export function volumesText(volumes: RecordedVolumes): string {
  return `${JSON.stringify(volumes, null, 2)}\n`;
}
