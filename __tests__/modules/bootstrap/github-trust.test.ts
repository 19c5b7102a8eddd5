/** Whom the roles trust: a repository by the ids that GitHub never gives to another, and by names only where that is said. */
import { githubSubjects } from '../../../src/modules/bootstrap/github-trust';
import { parseEnvironment, InvalidEnvironment, type ResolvedEnvironment } from '../../../src/config';
import { example, rotatingLogin } from '../../support/example';
import { github } from '../../support/stores';

const BY_ID = 'repo:shop-inc@123456/infrastructure@456789:environment:shop-prod';
const BY_NAME = 'repo:shop-inc/infrastructure:environment:shop-prod';
const subjects = (changes: Partial<typeof github> = {}) => githubSubjects({ ...github, ...changes }, 'environment:shop-prod');

describe('subjects', () => {
  it('have the ids of owner and repository', () => expect(subjects()).toEqual([BY_ID]));

  it('have names too while a repository changes', () => expect(subjects({ alsoTrustNames: true })).toEqual([BY_ID, BY_NAME]));

  it('are names alone where no ids are given', () =>
    expect(subjects({ ownerId: undefined, repositoryId: undefined })).toEqual([BY_NAME]));
});

describe('the description of a repository', () => {
  const parse = (changes: object, input = example({ name: 'shop-prod' })): ResolvedEnvironment =>
    parseEnvironment({
      ...input,
      backend: {
        kind: 's3',
        store: {
          name: 'shop',
          region: 'eu-west-1',
          bucket: 'shop-terraform-state',
          github: { owner: 'acme', repository: 'infrastructure', ownerId: '1', repositoryId: '2', ...changes },
        },
      },
    });
  const refusal = (changes: object): string => {
    try {
      parse(changes);
    } catch (error) {
      if (error instanceof InvalidEnvironment) return error.message;
      throw error;
    }
    return '';
  };
  const warned = (environment: ResolvedEnvironment): readonly string[] => environment.warnings.map(({ rule }) => rule);

  it('is accepted with both ids, without a warning', () => {
    expect(refusal({})).toBe('');
    expect(warned(parse({}))).not.toContain('github-names');
  });

  it('trusts plans of the GitHub environment of the workflows where it names none', () => {
    const { backend } = parse({});
    expect(backend.kind === 's3' && backend.store.github?.planEnvironments).toEqual(['plan']);
  });

  it('is warned about without ids: new repositories cannot assume the roles', () => {
    const environment = parse({ ownerId: undefined, repositoryId: undefined });
    expect(warned(environment)).toContain('github-names');
    expect(JSON.stringify(environment.warnings)).toContain('2026-07-15');
  });

  it('is warned about while names are trusted too', () =>
    expect(warned(parse({ alsoTrustNames: true }))).toContain('github-names'));

  it.each([
    [
      'an id without the other',
      { repositoryId: undefined },
      /repositoryId {2}\[github-ids\][\s\S]*gh api repos\/acme\/infrastructure/,
    ],
    ['the other without it', { ownerId: undefined }, /ownerId {2}\[github-ids\]/],
    [
      'names too without ids',
      { ownerId: undefined, repositoryId: undefined, alsoTrustNames: true },
      /alsoTrustNames {2}\[github-ids\]/,
    ],
    ['an owner with its id', { owner: 'acme@1' }, /owner[\s\S]*"acme@1"[\s\S]*`ownerId`/],
    ['a repository with its owner', { repository: 'acme/infrastructure' }, /repository[\s\S]*"acme\/infrastructure"/],
    ['an id without quotes', { ownerId: 1 }, /ownerId[\s\S]*digits, in quotes/],
    ['an id that is a name', { ownerId: 'acme' }, /ownerId[\s\S]*gh api repos/],
    ['an environment that is a pattern', { planEnvironments: ['*'] }, /planEnvironments/],
    ['no environment that may plan', { planEnvironments: [] }, /planEnvironments[\s\S]*at least one GitHub environment/],
    ['an environment that continues the subject', { applyEnvironments: ['prod:x'] }, /applyEnvironments/],
  ])('is refused with %s', (_what, changes, message) => expect(refusal(changes)).toMatch(message));

  it('is warned about where a workflow would have to create a role without a boundary', () => {
    const rotating = rotatingLogin(example({ name: 'shop-prod' }));
    expect(warned(parse({ applyEnvironments: ['shop-prod'] }, rotating))).toContain('rotation-role');
    expect(warned(parse({}, rotating))).not.toContain('rotation-role');
    expect(warned(parse({ applyEnvironments: ['shop-prod'] }))).not.toContain('rotation-role');
  });
});
