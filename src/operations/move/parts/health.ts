/** Watches an environment after a switch: its alarms, its services, and whether its names answer. */
import { explained } from '../../../aws/errors';
import { pause } from '../../../aws/waiting';
import { operationsOfTier } from '../../registry';
import type { Target } from '../../target';
import { done, type Outcome, type StepTools } from '../steps';

const EVERY_SECONDS = 30;

/** Looks in a row that have to fail: a single one may fall into a deployment. */
const FAILURES = 3;

/** Seconds in which a name answers. */
const ANSWER_SECONDS = 10;

export interface Watched {
  readonly target: Target;
  readonly minutes: number;
  /** Asks a name. @default over HTTPS */
  readonly ask?: (host: string) => Promise<number>;
  /** @default 30 */
  readonly everySeconds?: number;
}

/** Healthy for the time, or failed with what was wrong. */
export async function watch(
  { target, minutes, ask = askHost, everySeconds = EVERY_SECONDS }: Watched,
  tools: StepTools,
): Promise<Outcome> {
  let failures = 0;
  const looks = Math.max(1, Math.ceil((minutes * 60) / everySeconds));
  for (let look = 1; look <= looks; look += 1) {
    const problems = await problemsOf(target, ask);
    failures = problems.length === 0 ? 0 : failures + 1;
    tools.report(
      problems.length === 0
        ? `${target.name} is healthy (${look} of ${looks})`
        : `${target.name}: ${problems.join(', ')} (${look} of ${looks})`,
    );
    if (failures >= Math.min(FAILURES, looks))
      return {
        kind: 'failed',
        why: `${target.name} is not healthy: ${problems.join(', ')}\n  fix   npm run move -- <environment> --back leads visitors back; the same command without it watches again`,
      };
    if (look < looks) await pause(everySeconds, tools.signal);
  }
  return done([`${target.name} was healthy for ${minutes} minutes`]);
}

export async function problemsOf(target: Target, ask: NonNullable<Watched['ask']>): Promise<readonly string[]> {
  const found = await Promise.all([alarmsOf(target), servicesOf(target), silentNames(target, ask)]);
  return found.flat();
}

async function alarmsOf({ aws, name }: Target): Promise<readonly string[]> {
  const cloudWatch = await aws.cloudWatch();
  const { MetricAlarms: alarms = [] } = await explained('reading the alarms', () =>
    cloudWatch.describeAlarms({ AlarmNamePrefix: `${name}-`, StateValue: 'ALARM' }),
  );
  return alarms.map(({ AlarmName: alarm = '' }) => `alarm ${alarm}`);
}

/** Of every tier that is there: while traffic moves, each share is answered by one of two. */
async function servicesOf(target: Target): Promise<readonly string[]> {
  const { environment } = target;
  const { tier, nextTier } = environment;
  const tiers = [tier, ...(nextTier === undefined ? [] : [nextTier])];
  const found = await Promise.all(
    tiers.map((one) => operationsOfTier(one.kind).unready({ ...target, environment: { ...environment, tier: one } })),
  );
  return found.flat();
}

async function silentNames({ environment }: Target, ask: NonNullable<Watched['ask']>): Promise<readonly string[]> {
  const answers = (environment.domain?.names ?? []).map(async (host) => {
    const status = await ask(host).catch(() => 0);
    if (status === 0) return [`${host} does not answer`];
    return status >= 500 ? [`${host} answers ${status}`] : [];
  });
  return (await Promise.all(answers)).flat();
}

async function askHost(host: string): Promise<number> {
  const { status } = await fetch(`https://${host}/`, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_SECONDS * 1000) });
  return status;
}
