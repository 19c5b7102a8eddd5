/**
 * The tier of an environment, as the lock records it. Replaced in one step, the stacks of the old tier would be in AWS without a
 * description: containers, workers and scheduled jobs would run on both. Pure.
 */
import type { TierChoice } from '../../terraform/root-module';

/** What a lock file says. Files from before the tier was recorded say nothing. */
export type LockedTier = Partial<TierChoice>;

/** Why a changed tier is refused; undefined when it is the same, new, or was built as the next tier before. */
export function reportChangedTier(
  group: string,
  path: string,
  { tier: recorded, nextTier }: LockedTier,
  current: TierChoice | undefined,
): string | undefined {
  if (recorded === undefined || current === undefined) return undefined;
  const { tier } = current;
  if (tier === recorded || tier === nextTier) return undefined;
  return [
    `${group}: tier is "${tier}", but ${path} records "${recorded}"`,
    `  In one step the stacks of "${recorded}" would stay in AWS, running and billed, and no command would know them: workers and`,
    '  scheduled jobs would run twice, and names would lead to a tier that nobody has tried.',
    `  Set tier: '${recorded}' and nextTier: '${tier}', run \`npm run lock\`, and deploy. Then move the traffic, exchange the two, and destroy`,
    '  the old stacks: docs/edge.md, "Moving to another tier".',
    ...(recorded === 'box' ? ['  Data on the host comes first: docs/box.md, "Moving the database to RDS".'] : []),
    `  If nothing of ${group} is deployed, remove ${path} and run \`npm run lock\`.`,
  ].join('\n');
}

/** The lines for a choice that the file does not record yet. */
export function reportNewTier({ tier, nextTier }: LockedTier, current: TierChoice | undefined): readonly string[] {
  if (current === undefined) return [];
  return [
    ...(tier === current.tier ? [] : [`  ${tier === undefined ? '+' : '~'} tier: ${current.tier}`]),
    ...(nextTier === current.nextTier
      ? []
      : [current.nextTier === undefined ? `  - nextTier: ${nextTier ?? ''}` : `  + nextTier: ${current.nextTier}`]),
  ];
}
