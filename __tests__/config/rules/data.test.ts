/** What a person may not write about buckets, database and cache, and what is next to it. */
import { InvalidEnvironment, parseEmulated } from '../../../src/config';
import { testRefusals } from '../../support/refusals';
import { LOCAL } from '../../support/shop';
import { ACCEPTED_DATA, REFUSED_DATA } from './data-inputs';

describe('what an environment keeps', () => testRefusals(REFUSED_DATA, ACCEPTED_DATA));

describe('buckets on an emulator', () => {
  const problemsOf = (bucket: object): readonly string[] => {
    try {
      parseEmulated({ ...LOCAL, buckets: { uploads: bucket } });
      return [];
    } catch (error) {
      if (!(error instanceof InvalidEnvironment)) throw error;
      return error.problems.map(({ path, fix }) => `${path}: ${fix}`);
    }
  };

  it('have CORS rules as on AWS', () => {
    expect(problemsOf({ cors: [{ origins: ['http://localhost:3000'], methods: ['PUT'] }] })).toEqual([]);
  });

  it('have no locks and no messages, and say what to do instead', () => {
    expect(problemsOf({ objectLock: { mode: 'governance', days: 1 }, notifications: [] })).toEqual([
      expect.stringMatching(/^buckets\.uploads\.objectLock: .*not protected/),
      expect.stringMatching(/^buckets\.uploads\.notifications: .*no queues/),
    ]);
  });
});
