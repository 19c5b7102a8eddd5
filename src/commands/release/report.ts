/** What a release prints: its plan, its result, and the list of releases. Pure. */
import type { BackPlan } from '../../operations/release/back';
import type { ListedImage, ListedRelease } from '../../operations/release/list';
import type { Outcome, Performed } from '../../operations/release/perform';
import type { Rolled } from '../../operations/release/releaser';
import type { Target } from '../../operations/target';

/** The result as JSON. */
export interface ReleaseResult {
  readonly environment: string;
  readonly tier: string;
  /** `planned` with --dry-run, `unchanged` when everything runs already. */
  readonly outcome: Outcome | 'planned' | 'unchanged';
  readonly images: readonly { readonly key: string; readonly from: string; readonly to: string }[];
  readonly unchanged: readonly string[];
  /** Jobs that run first, or that have run. */
  readonly jobs: readonly { readonly key: string; readonly exitCode?: number }[];
  readonly services: readonly string[];
  readonly workers: readonly string[];
  /** Jobs whose next run has the new image. */
  readonly nextRuns: readonly string[];
  readonly reasons: readonly string[];
}

type Described = Pick<Target, 'name' | 'environment'>;

export function resultOf(
  { name, environment }: Described,
  { plan, way }: BackPlan,
  performed: Performed | undefined,
): ReleaseResult {
  const keys = (kind: Rolled['kind']): readonly string[] => plan.rolled.filter((one) => one.kind === kind).map(({ key }) => key);
  return {
    environment: name,
    tier: environment.tier.kind,
    outcome: performed?.outcome ?? (plan.changes.length === 0 ? 'unchanged' : 'planned'),
    images: plan.changes.map(({ key, from, to }) => (way === 'take-back' ? { key, from: to, to: from } : { key, from, to })),
    unchanged: plan.unchanged,
    jobs: performed?.jobs.map(({ key, exitCode }) => ({ key, exitCode })) ?? plan.jobs.map((key) => ({ key })),
    services: keys('service'),
    workers: keys('worker'),
    nextRuns: keys('job'),
    reasons: performed?.reasons ?? [],
  };
}

/** What will be done. */
export function planText(target: Described, planned: BackPlan): string {
  const { plan, way } = planned;
  const { images, services, workers, nextRuns, jobs, tier } = resultOf(target, planned, undefined);
  const replicas = (key: string): string => {
    const { services: all, workers: others } = target.environment.workloads;
    const min = [...all, ...others].find((one) => one.key === key)?.replicas.min ?? 0;
    return plan.releaser.unit === undefined ? key : `${key} (at least ${min} ${plan.releaser.unit})`;
  };
  const rolled = [...services, ...workers].map(replicas);
  const what = way === 'take-back' ? 'takes back a release that was left half-way' : 'releases';
  return lines([
    `${target.name} (${tier}) ${what}`,
    ...images.map(({ key, from, to }) => `  image   ${key}: ${from}\n       -> ${to}`),
    ...plan.unchanged.map((key) => `  as is   ${key} runs already`),
    ...(plan.continues?.phase === 'rolling' && way === 'release' ? ['  goes on where an earlier run stopped'] : []),
    ...jobs.map(({ key }, index) => `  ${index === 0 ? 'first ' : '      '}  job ${key}, with the new image`),
    ...(rolled.length === 0 ? [] : [`  then    ${rolled.join(', ')}`]),
    ...(nextRuns.length === 0 ? [] : [`  next run of ${nextRuns.join(', ')}`]),
    ...plan.notes.map((note) => `  note    ${note}`),
  ]);
}

/** What was done. */
export function resultText(target: Described, planned: BackPlan, performed: Performed | undefined): string {
  const { images } = resultOf(target, planned, performed);
  if (performed === undefined)
    return lines([`${target.name}: ${planned.plan.unchanged.join(', ')}: runs already, nothing was done`]);
  const text = images.map(({ key, to }) => `${key} ${to}`).join(', ');
  const { outcome, reasons } = performed;
  const isDone = outcome === 'released' || (planned.way === 'take-back' && outcome === 'put-back');
  return isDone
    ? lines([`${target.name} runs ${text}`])
    : lines([`${target.name}: not released`, ...unsaid(outcome, reasons).map((line) => `  ${line}`)]);
}

/** Why something was put back is part of the progress, before it is put back. */
function unsaid(outcome: Outcome, reasons: readonly string[]): readonly string[] {
  return outcome === 'put-back' ? reasons.slice(-1) : reasons;
}

export function listText(images: readonly ListedImage[]): string {
  return lines(
    images.flatMap(({ key, parameterName, releases }) => [
      `${key}  (${parameterName})`,
      ...releases.map((one) => `  ${row(one)}`),
    ]),
  );
}

function row({ reference, version, at = '', by, isCurrent, exists, isOnTheWayBack }: ListedRelease): string {
  const remarks = [
    ...(isCurrent ? ['current'] : []),
    ...(!isCurrent && !isOnTheWayBack ? ['taken back'] : []),
    ...(exists === false ? ['the image is deleted'] : []),
  ];
  const time = at.replace('T', ' ').slice(0, 16);
  const who = by === undefined ? '' : `  ${by.slice(by.lastIndexOf(':') + 1)}`;
  return `${isCurrent ? '*' : ' '} ${time}  ${version ?? reference}${who}${remarks.length === 0 ? '' : `  (${remarks.join(', ')})`}`;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
