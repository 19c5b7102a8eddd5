/** Containers and the last runs of jobs on the host of a box, read by one command that changes nothing. */
import { CommandError } from '../../cli/errors';
import { ago, shortImage } from '../status/ages';
import { fine, judged, note, wrong, type Row, type TierStatus } from '../status/row';
import type { Target } from '../target';
import { hostsOf, runOnHost } from './host-command';

/** Between the two parts of the answer. */
const SEPARATOR = '---jobs---';

const TIMEOUT_SECONDS = 30;

/** What `docker compose ps --format json` says of a container: a list, or one object a line, by its version. */
interface Container {
  readonly Service?: string;
  readonly State?: string;
  readonly Status?: string;
  readonly Health?: string;
  readonly Image?: string;
  readonly ExitCode?: number;
}

interface Seen {
  readonly host: string;
  readonly containers: readonly Container[];
  /** Property to value of each job's unit, by its name. */
  readonly units: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export class BoxStatus implements TierStatus {
  private looking?: Promise<readonly Seen[]>;

  constructor(
    private readonly target: Target,
    private readonly now: Date,
  ) {}

  public async services(): Promise<readonly Row[]> {
    const seen = await this.look();
    if (seen.length === 0) return [note('none', 'compute-box is not deployed')];
    const { services, workers } = this.target.environment.workloads;
    return seen.flatMap(({ host, containers }) =>
      [...services, ...workers].map(({ key }) => {
        const name = seen.length === 1 ? key : `${key} (${host})`;
        const found = containers.find(({ Service: service }) => service === key);
        return found === undefined
          ? wrong(name, 'there is no container', { host, state: null })
          : containerRow(name, host, found);
      }),
    );
  }

  public async jobs(): Promise<readonly Row[]> {
    const { jobs } = this.target.environment.workloads;
    if (jobs.length === 0) return [];
    const [first] = await this.look();
    if (first === undefined) return [note('none', 'compute-box is not deployed')];
    return jobs.map(({ key }) => unitRow(key, first.units.get(jobUnit(key)) ?? {}, this.now));
  }

  /** Once, for services and jobs. */
  private look(): Promise<readonly Seen[]> {
    this.looking ??= this.lookNow();
    return this.looking;
  }

  private async lookNow(): Promise<readonly Seen[]> {
    if ((await this.target.published('compute-box')) === undefined) return [];
    const hosts = await hostsOf(this.target);
    return Promise.all(
      hosts.map(async (host) => {
        const line = this.line();
        const { exitCode, stdout, stderr } = await runOnHost(this.target, host, line, { timeoutSeconds: TIMEOUT_SECONDS });
        if (exitCode !== 0) throw new CommandError(`${host} does not say what runs: ${stderr.trim().split('\n')[0] ?? ''}`);
        const [containers = '', units = ''] = stdout.split(SEPARATOR);
        return { host, containers: containersIn(containers), units: unitsIn(units) };
      }),
    );
  }

  private line(): string {
    const { tier, workloads } = this.target.environment;
    if (tier.kind !== 'box') throw new Error(`${this.target.name} is not on a box`);
    const units = workloads.jobs.map(({ key }) => `${jobUnit(key)}.service`);
    const properties = 'Id,ActiveState,Result,ExecMainStatus,ExecMainStartTimestamp,ExecMainExitTimestamp';
    return [
      `cd '${tier.box.applicationDirectory}' && docker compose ps --all --format json && echo && echo '${SEPARATOR}'`,
      ...(units.length === 0 ? [] : [`systemctl show --timestamp=unix --property=${properties} ${units.join(' ')}`]),
    ].join(' && ');
  }
}

/** The unit of a job, as the host has it (src/tiers/box/host/paths.ts). */
function jobUnit(key: string): string {
  return `terrace-job-${key}`;
}

function containersIn(text: string): readonly Container[] {
  return text
    .split('\n')
    .filter((line) => /^[[{]/.test(line.trim()))
    .flatMap((line) => JSON.parse(line) as Container | readonly Container[]);
}

/** Units are apart by an empty line. */
function unitsIn(text: string): Seen['units'] {
  return new Map(
    text
      .trim()
      .split(/\n\s*\n/)
      .map((unit) => {
        const properties: Readonly<Record<string, string>> = Object.fromEntries(
          [...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
        );
        return [(properties.Id ?? '').replace(/\.service$/, ''), properties];
      }),
  );
}

function containerRow(
  name: string,
  host: string,
  { State: state = '', Status: status = '', Health: health = '', Image: image = '' }: Container,
): Row {
  const facts = { host, state, health: health === '' ? null : health, image };
  const text = `${status === '' ? state : status.replace(/^Up /, 'running, for ')}, ${shortImage(image)}`;
  if (state === 'running' && health === 'starting') return note(name, text, facts);
  return judged(state === 'running' && health !== 'unhealthy', name, text, facts);
}

function unitRow(key: string, unit: Readonly<Record<string, string>>, now: Date): Row {
  const { ActiveState: active = '', Result: result = '', ExecMainStatus: status = '' } = unit;
  const at = (name: string): Date | undefined => {
    const seconds = Number(unit[name]?.replace('@', '') ?? 0);
    return seconds > 0 ? new Date(seconds * 1000) : undefined;
  };
  const [started, ended] = [at('ExecMainStartTimestamp'), at('ExecMainExitTimestamp')];
  const facts = {
    result,
    exitCode: Number(status),
    startedAt: started?.toISOString() ?? null,
    endedAt: ended?.toISOString() ?? null,
  };
  if (started === undefined) return note(key, 'has not run since the host started', facts);
  if (active === 'activating') return note(key, `runs, started ${ago(started, now)}`, facts);
  const when = ago(ended ?? started, now);
  if (result === 'success') return fine(key, `succeeded ${when}`, facts);
  return wrong(key, `failed ${when}: ${result}, exit code ${status}`, facts);
}
