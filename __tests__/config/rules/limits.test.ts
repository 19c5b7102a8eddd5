/** What AWS would refuse when it is applied is refused before; what is legal and most likely a mistake gets a warning. */
import { parseEnvironment } from '../../../src/config';
import { gapsOf } from '../../../src/config/calculations/cron-gaps';
import { TAKEN_NAMESPACES } from '../../../src/config/tables/kubernetes-namespaces';
import { CHARTS } from '../../../src/tiers/kubernetes/platform/charts';
import { acknowledged } from '../../support/acknowledged';
import { testRefusals } from '../../support/refusals';
import { changed } from '../../support/rich';
import { ACCEPTED_LIMITS, ADVICE, REFUSED_LIMITS, VPC_BESIDE_DOCKER, VPC_OF_DOCKER } from './limit-inputs';

const rulesOf = (input: unknown) => parseEnvironment(input).warnings.map(({ rule, path }) => [rule, path]);

describe('limits of AWS', () => testRefusals(REFUSED_LIMITS, ACCEPTED_LIMITS));

describe('advice', () => {
  it.each(ADVICE)('%s is given at %s, until it is acknowledged, and not without a reason', (rule, path, change, without) => {
    const input = changed(change);
    expect(rulesOf(input)).toEqual([[rule, path]]);
    input.acknowledge = acknowledged(parseEnvironment(input).warnings[0]?.accept, 'known and wanted here');
    expect(rulesOf(input)).toEqual([]);
    expect(rulesOf(changed(without))).toEqual([]);
  });

  it('box-docker-networks is given for addresses that Docker uses, and for no others', () => {
    expect(rulesOf(VPC_OF_DOCKER)).toContainEqual(['box-docker-networks', 'network.cidr']);
    expect(rulesOf(VPC_BESIDE_DOCKER)).not.toContainEqual(['box-docker-networks', 'network.cidr']);
  });
});

test('no namespace of the platform is free for workloads', () => {
  for (const { namespace } of Object.values(CHARTS)) expect(TAKEN_NAMESPACES).toContain(namespace);
});

test.each([
  ['*/5 * * * *', 5, 5],
  ['0 2 * * *', 1440, 1440],
  ['0 2,6 * * *', 240, 1200],
  ['0 2 * * 1-5', 1440, 3 * 1440],
  ['0 5 1 * *', 28 * 1440, 31 * 1440],
  ['0 0 29 2 *', 1461 * 1440, 1461 * 1440],
])('the runs of %s are %d to %d minutes apart', (schedule, shortest, longest) =>
  expect(gapsOf(schedule)).toEqual({ shortest, longest }),
);
