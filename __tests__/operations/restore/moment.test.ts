/** A time is what it says, in whatever zone, or it is refused. */
import { momentOf, requireWithin, stampOf } from '../../../src/operations/restore/moment';

const NOW = new Date('2026-03-01T12:00:00Z');

it.each([
  ['2026-01-31T14:05:00Z', '20260131t140500z'],
  ['2026-01-31T14:05Z', '20260131t140500z'],
  ['2026-01-31 15:05:00+01:00', '20260131t140500z'],
])('%s is one moment, and has one name', (text, stamp) => {
  const moment = momentOf(text, NOW);
  expect([moment.stamp, stampOf(moment.date)]).toEqual([stamp, stamp]);
});

it.each([
  ['without a zone', '2026-01-31T14:05:00', /with its zone.*2026-01-31T14:05:00Z/s],
  ['in the future', '2026-03-01T12:00:01Z', /before now, 2026-03-01T12:00:00Z/],
  ['on a day that does not exist', '2026-02-30T10:00:00Z', /a time that exists/],
  ['at an hour that does not exist', '2026-01-31T25:00:00Z', /a time that exists/],
  ['in words', 'yesterday', /such as 2026-01-31T14:05:00Z/],
])('a time %s is refused, with what is allowed', (_what, text, answer) => {
  expect(() => momentOf(text, NOW)).toThrow(answer);
});

it('a time outside of what is kept is refused with the window', () => {
  const window = { earliest: new Date('2026-02-01T00:00:00Z'), latest: new Date('2026-03-01T00:00:00Z') };
  expect(() => requireWithin(momentOf('2026-02-10T00:00:00Z', NOW), window, 'it')).not.toThrow();
  for (const text of ['2026-01-31T23:59:59Z', '2026-03-01T00:00:01Z'])
    expect(() => requireWithin(momentOf(text, NOW), window, 'it')).toThrow(/2026-02-01T00:00:00Z to 2026-03-01T00:00:00Z/);
});
