/** Rules about tags: of the environment, and of the shared zone that its domain describes. */
import type { ParsedEnvironment } from '../schema/environment';
import { located } from './located';
import { finding, findingIf, sharedNames } from './finding';
import { defineRule, type Finding, type Rule } from './rule';

/** Tags that Terrace sets itself; `tier` is not set, so that a change of tier changes nothing in network and data. */
const OWN_TAGS: readonly string[] = ['system', 'environment', 'managed-by', 'tier'];

/** AWS allows 50 tags on a resource. Source: AWS General Reference, "Tagging your AWS resources". */
const MOST_TAGS = 50 - OWN_TAGS.length;

/** What every service accepts. Source: the same page, "Tag naming limits and requirements". */
const ACCEPTED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const ACCEPTED_WORDS = 'letters, digits, spaces and _ . : / = + - @';

type Tagged = Pick<ParsedEnvironment, 'tags' | 'domain'>;

function tagsOf({ tags, domain }: Tagged) {
  return [
    { section: 'tags', tags },
    ...(domain?.kind === 'shared' ? [{ section: 'domain.zone.tags', tags: domain.zone.tags }] : []),
  ];
}

const tagsAllowed = defineRule({
  id: 'tag-names',
  severity: 'refusal',
  summary:
    `At most ${MOST_TAGS} tags, with names that neither AWS nor Terrace reserves, and that differ in more than upper and lower case: IAM ` +
    'does not distinguish these.',
  reads: ['tags', 'domain'],
  check: (environment) =>
    tagsOf(environment).flatMap(({ section, tags }) => {
      const named = located(section, tags).map(({ key, path }) => ({ key, path }));
      return [
        ...findingIf(
          named.length > MOST_TAGS,
          section,
          `${named.length} tags`,
          `at most ${MOST_TAGS}: AWS allows 50 on a resource, and Terrace sets ${OWN_TAGS.length}`,
          'remove some',
        ),
        ...named.flatMap(({ key, path }) => wrongName(key, path)),
        ...sharedNames(named, ({ key }) => key.toLowerCase(), {
          thing: 'name in lower case',
          fix: 'remove one of the two: IAM refuses names that differ in upper and lower case only',
        }),
      ];
    }),
});

function wrongName(name: string, path: string): readonly Finding[] {
  return [
    ...findingIf(
      /^aws:/i.test(name),
      path,
      name,
      'a name that does not start with "aws:"',
      'AWS reserves that prefix; rename the tag',
    ),
    ...findingIf(
      OWN_TAGS.includes(name.toLowerCase()),
      path,
      name,
      `any name but ${OWN_TAGS.join(', ')}, in upper or lower case`,
      'Terrace sets this tag; rename yours',
    ),
    ...findingIf(!ACCEPTED.test(name), path, name, ACCEPTED_WORDS, 'rename the tag'),
  ];
}

const valuesAllowed = defineRule({
  id: 'tag-values',
  severity: 'refusal',
  summary: `Values of tags have ${ACCEPTED_WORDS}, which every service of AWS accepts.`,
  reads: ['tags', 'domain'],
  check: (environment) =>
    tagsOf(environment).flatMap(({ section, tags }) =>
      located(section, tags).flatMap(({ path, value }) =>
        ACCEPTED.test(value) ? [] : [finding(path, value, ACCEPTED_WORDS, 'replace other characters, for example "R and D"')],
      ),
    ),
});

export const TAG_RULES: readonly Rule[] = [tagsAllowed, valuesAllowed];
