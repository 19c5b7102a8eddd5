/** What reviewers were shown, as the deployment gets it: by file from the comments, by output from the run that waited. */
import { digestOfPlan } from '../../../src/checks/plan-changes/digests';
import { decodeChanges, encodeChanges, shownBy } from '../../../src/commands/delivery/reviewed';
import { plannedStack } from '../../support/plans';

const CHANGES = [
  { digest: 'one', unknown: [['vpc_id'], ['tags', 0]] },
  { digest: 'two', unknown: [] },
];

describe('what a report shows', () => {
  const shown = shownBy({
    environment: 'shop-test',
    commit: 'c'.repeat(40),
    stacks: [
      plannedStack('shop-test-network', { changes: CHANGES }),
      plannedStack('shop-test-data', { guard: { passed: false, markdown: 'no' }, changes: CHANGES }),
      { status: 'later', stack: 'shop-test-edge', reason: 'not deployed' },
      { status: 'failed', stack: 'shop-test-domain', reason: 'broken' },
    ],
  });

  it('is each plan that may be applied, with every change, however many', () =>
    expect(shown).toEqual({
      digests: { 'shop-test-network': 'a'.repeat(64) },
      changes: { 'shop-test-network': CHANGES },
    }));
});

describe('the changes of a plan that waited', () => {
  const encoded = encodeChanges(CHANGES);
  const digest = digestOfPlan('shop-test-network', CHANGES, 'key');
  const decode = (changes: Partial<{ stack: string; digest: string; key: string }> = {}, text = encoded) =>
    decodeChanges(text, { stack: 'shop-test-network', digest, key: 'key', ...changes });

  it('are those of the approved digest', () => expect(decode()).toEqual(CHANGES));

  it.each([
    ['with another digest', () => decode({ digest: 'b'.repeat(64) })],
    ['of another stack', () => decode({ stack: 'shop-test-data' })],
    ['with another key', () => decode({ key: 'other' })],
    ['that are other ones', () => decode({}, encodeChanges(CHANGES.slice(0, 1)))],
    ['that cannot be read', () => decode({}, 'nothing')],
  ])('do not count %s', (_what, decoded) => expect(decoded()).toBeUndefined());
});
