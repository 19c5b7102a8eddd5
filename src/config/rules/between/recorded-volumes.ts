/**
 * Data volumes against their record: a volume grows and never shrinks, and stays in its zone. AWS refuses a smaller size only
 * during the apply, and accepts another zone by creating an empty volume.
 */
import { show } from '../../problems/problem';
import type { BetweenRule, RecordedVolume, SetFinding } from './rule';

/** The committed record, relative to the top of the checkout. */
export const VOLUMES_FILE = 'environments/data-volumes.json';

export const recordedVolumeRule: BetweenRule = {
  id: 'recorded-volume',
  summary: `The data volume of the box is at least as large as ${VOLUMES_FILE} records it, and in the same zone.`,
  check: ({ environments, recordedVolumes }) =>
    environments.flatMap(({ identity: { environment }, data: { boxVolume } }) => {
      const recorded = Object.hasOwn(recordedVolumes, environment) ? recordedVolumes[environment] : undefined;
      return recorded === undefined || boxVolume === undefined ? [] : differences(environment, recorded, boxVolume);
    }),
};

function differences(environment: string, recorded: RecordedVolume, now: RecordedVolume): readonly SetFinding[] {
  return [
    ...(now.sizeGb < recorded.sizeGb
      ? [
          {
            environment,
            path: 'box.dataVolumeGb',
            received: show(now.sizeGb),
            allowed: `at least ${recorded.sizeGb}, the size of the volume (${VOLUMES_FILE})`,
            fix: `set it to ${recorded.sizeGb} or more: a volume cannot shrink`,
          },
        ]
      : []),
    ...(now.zone !== recorded.zone
      ? [
          {
            environment,
            path: 'network.zones',
            received: `first zone ${show(now.zone)}`,
            allowed: `first zone ${show(recorded.zone)}, the zone of the data volume (${VOLUMES_FILE})`,
            fix: 'put that zone first: in another one the host would start with an empty volume',
          },
        ]
      : []),
  ];
}
