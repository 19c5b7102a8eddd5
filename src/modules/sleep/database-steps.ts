/**
 * How an RDS instance is stopped and started: by its state, looked at once a minute. Pure.
 *
 * An instance that is on its way to another state is waited for: AWS refuses to stop one that starts.
 */
import { call, type Step } from './steps';

const LOOK_SECONDS = 60;

/** Looks after which the instance is given up: four hours. Multi-AZ, and a backup that runs, take their time. */
const LOOKS = 240;

/** What each direction wants, and does when it finds the opposite. Source: RDS user guide, "Viewing DB instance status". */
const DIRECTIONS = {
  Stop: { action: 'rds:stopDBInstance', from: ['available'], reached: ['stopped', 'stopping'] },
  Start: {
    action: 'rds:startDBInstance',
    from: ['stopped'],
    reached: ['available', 'backing-up', 'storage-optimization', 'configuring-enhanced-monitoring'],
  },
} as const;

/** What a step of the database needs of the workflow around it. */
export interface DatabaseStep {
  readonly direction: keyof typeof DIRECTIONS;
  /** The RDS identifier. */
  readonly identifier: string;
  /** The state that follows when the instance is given up; `$cause` says why. */
  readonly failed: string;
  /** A further condition for each look; otherwise `superseded` follows. */
  readonly stillWanted: (next: string) => { readonly first: string; readonly states: Readonly<Record<string, object>> };
}

/** Stops or starts the instance; the next step begins when it has stopped accepting connections, or accepts them. */
export function databaseStep({ direction, identifier, failed, stillWanted }: DatabaseStep): Step {
  const { action, from, reached } = DIRECTIONS[direction];
  const name = (suffix: string): string => `${direction}Database${suffix}`;
  const again = stillWanted(name('Look'));
  return {
    first: name(''),
    states: (next) => ({
      [name('')]: { Type: 'Pass', Assign: { databaseLooks: 0 }, Next: name('Look') },
      [name('Look')]: call(
        'rds:describeDBInstances',
        { DbInstanceIdentifier: identifier },
        {
          Assign: {
            databaseStatus: '{% $states.result.DbInstances[0].DbInstanceStatus %}',
            databaseLooks: '{% $databaseLooks + 1 %}',
          },
          Next: name('State'),
        },
      ),
      [name('State')]: {
        Type: 'Choice',
        Choices: [
          { Condition: `{% $databaseStatus in ${JSON.stringify(reached)} %}`, Next: next },
          {
            Condition: `{% $databaseLooks >= ${LOOKS} %}`,
            Assign: { cause: "{% 'the database is ' & $databaseStatus %}" },
            Next: failed,
          },
          { Condition: `{% $databaseStatus in ${JSON.stringify(from)} %}`, Next: name('Now') },
        ],
        Default: name('Pause'),
      },
      [name('Now')]: call(action, { DbInstanceIdentifier: identifier }, { Next: name('Pause') }),
      [name('Pause')]: { Type: 'Wait', Seconds: LOOK_SECONDS, Next: again.first },
      ...again.states,
    }),
  };
}
