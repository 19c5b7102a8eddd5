/** Rules about the roles of GitHub's workflows: whom they trust, and what an apply role cannot create. */
import { managed } from '../calculations/placement';
import type { ParsedEnvironment } from '../schema/environment';
import { finding, findingIf } from './finding';
import { defineRule, type Rule } from './rule';

const PATH = 'backend.store.github';

function githubOf({ backend }: Pick<ParsedEnvironment, 'backend'>) {
  return backend.kind === 's3' ? backend.store.github : undefined;
}

const bothIds = defineRule({
  id: 'github-ids',
  severity: 'refusal',
  summary: 'The ids of the GitHub owner and of the repository are given together.',
  reads: ['backend'],
  check: (environment) => {
    const github = githubOf(environment);
    if (github === undefined) return [];
    const { owner, repository, ownerId, repositoryId, alsoTrustNames } = github;
    const fix = `gh api repos/${owner}/${repository} --jq '"ownerId: \\(.owner.id), repositoryId: \\(.id)"'`;
    return [
      ...findingIf(
        ownerId === undefined && repositoryId !== undefined,
        `${PATH}.ownerId`,
        ownerId,
        'the id of the owner, next to `repositoryId`',
        fix,
      ),
      ...findingIf(
        repositoryId === undefined && ownerId !== undefined,
        `${PATH}.repositoryId`,
        repositoryId,
        'the id of the repository, next to `ownerId`',
        fix,
      ),
      ...findingIf(
        alsoTrustNames && ownerId === undefined && repositoryId === undefined,
        `${PATH}.alsoTrustNames`,
        alsoTrustNames,
        'false without `ownerId` and `repositoryId`: names are all that the roles trust',
        `remove it, or add both ids: ${fix}`,
      ),
    ];
  },
});

const trustedByIds = defineRule({
  id: 'github-names',
  severity: 'warning',
  summary: "GitHub's workflows are trusted by the ids of owner and repository, which are never given to another.",
  reads: ['backend'],
  check: (environment) => {
    const github = githubOf(environment);
    if (github === undefined) return [];
    const { owner, repository, ownerId, alsoTrustNames } = github;
    const name = `${owner}/${repository}`;
    if (ownerId !== undefined) {
      return findingIf(
        alsoTrustNames,
        `${PATH}.alsoTrustNames`,
        alsoTrustNames,
        `false once \`gh api repos/${name}/actions/oidc/customization/sub\` shows "use_immutable_subject": true`,
        'remove it then: a name can be registered again by another owner',
      );
    }
    return [
      finding(
        PATH,
        name,
        '`ownerId` and `repositoryId` too: repositories that were created, renamed or transferred since 2026-07-15 authenticate with them, and cannot assume the roles',
        `gh api repos/${name} --jq '"ownerId: \\(.owner.id), repositoryId: \\(.id)"'; add \`alsoTrustNames: true\` while an older repository changes`,
      ),
    ];
  },
});

const rotationByPerson = defineRule({
  id: 'rotation-role',
  severity: 'warning',
  summary:
    'No workflow creates the functions that rotate database passwords: AWS publishes them with a role that has no boundary.',
  reads: ['backend', 'name', 'database'],
  check: ({ backend, name, database }) => {
    const applied = githubOf({ backend })?.applyEnvironments.includes(name) ?? false;
    const { kind } = managed(database)?.credentials ?? {};
    return findingIf(
      applied && kind === 'rotated-secret',
      'database.credentials.kind',
      kind,
      `"rds-managed" where ${PATH}.applyEnvironments contains ${name}; otherwise a person applies ${name}-data first`,
      `apply ${name}-data as an administrator once, and again before the functions change (docs/bootstrap.md)`,
    );
  },
});

export const GITHUB_RULES: readonly Rule[] = [bothIds, trustedByIds, rotationByPerson];
