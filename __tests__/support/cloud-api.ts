/**
 * The part of HCP Terraform's API that runs use, on loopback, as its documentation describes it: states of runs with cost
 * estimation and policy checks, the permissions of teams, redirects to signed addresses, and faults that a test adds.
 */
import { Recorder, type Answer, type Asked } from './recorder';

/** The permission of a token's team on every workspace. */
export type Team = 'admin' | 'write' | 'plan' | 'none';

export const TOKENS: Readonly<Record<string, Team>> = {
  'admin-token': 'admin',
  'write-token': 'write',
  'plan-token': 'plan',
  'other-token': 'none',
};

/** States that a run passes while it plans; the last one waits for a confirmation, or is final. */
const PLANNING = ['pending', 'plan_queued', 'planning', 'planned'];

export const WITH_CHECKS = [
  ...PLANNING,
  'cost_estimating',
  'cost_estimated',
  'policy_checking',
  'policy_checked',
  'post_plan_running',
  'post_plan_completed',
];

const APPLYING = ['confirmed', 'apply_queued', 'applying', 'applied'];

export interface StubWorkspace {
  /** The plan as JSON. @default one without changes */
  readonly plan?: string;
  /** @default a run without cost estimation and policy checks */
  readonly states?: readonly string[];
  /** The last state of a speculative run. @default 'planned_and_finished' */
  readonly speculativeEnd?: string;
  /** After the confirmation. */
  readonly applying?: readonly string[];
  /** Whether there is no form of the plan without sensitive values, as in older installations. */
  readonly withoutRedacted?: boolean;
  readonly planLog?: string;
  readonly applyLog?: string;
  /** Resources of the current state; undefined for a workspace without a state. */
  readonly resources?: readonly object[];
  readonly resourcesProcessed?: boolean;
}

export interface Fault extends Answer {
  /** `POST runs` */
  readonly route: RegExp;
  /** @default 1 */
  readonly times?: number;
  /** Whether the request is carried out although it fails. */
  readonly carriedOut?: boolean;
}

interface StubRun {
  readonly id: string;
  readonly workspace: string;
  readonly version: string;
  readonly speculative: boolean;
  states: readonly string[];
  at: number;
}

/** A look at a run: most requests are, and a connection for each takes most of the time. */
const LOOK = /^https:\/\/app\.terraform\.io(\/api\/v2\/runs\/[\w-]+)$/;

const FINAL = ['applied', 'planned_and_finished', 'errored', 'discarded', 'canceled', 'force_canceled', 'policy_soft_failed'];
/** Source: HCP Terraform API documentation, "Run Status Groups". */
const DISCARDABLE = [
  'planned',
  'cost_estimated',
  'policy_checked',
  'policy_override',
  'post_plan_running',
  'post_plan_completed',
];

export class CloudApi {
  public readonly runs: StubRun[] = [];
  private readonly versions = new Map<string, { readonly speculative: boolean; uploaded: boolean; looks: number }>();
  private workspaces: Readonly<Record<string, StubWorkspace>> = {};
  private faults: { left: number; readonly fault: Fault }[] = [];
  /** Called with the state that a look at a run shows. */
  public onState: (status: string) => void = () => undefined;

  private constructor(public readonly server: Recorder) {}

  public static async start(): Promise<CloudApi> {
    const api = new CloudApi(await Recorder.start());
    const { fetch: real } = globalThis;
    jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
      const [, look] = LOOK.exec(input as string) ?? [];
      if (look !== undefined && init?.method === 'GET') return Promise.resolve(api.shown(look, init));
      const address = (input as string).replace('https://app.terraform.io', api.server.url);
      return real(address, init);
    });
    return api;
  }

  public serve(workspaces: Readonly<Record<string, StubWorkspace>>, ...faults: readonly Fault[]): void {
    this.runs.length = 0;
    this.versions.clear();
    this.workspaces = workspaces;
    this.faults = faults.map((fault) => ({ left: fault.times ?? 1, fault }));
    this.onState = () => undefined;
    this.server.answer((asked) => this.answer(asked));
  }

  /** Adds a fault from now on, unless it is there. */
  public fail(fault: Fault): void {
    if (this.faults.some(({ left }) => left > 0)) return;
    this.faults.push({ left: fault.times ?? 1, fault });
  }

  /** Method and path below `/api/v2` of every request other than GET. */
  public writes(): readonly string[] {
    return this.server.writes().map((line) => line.replace('/api/v2/', ''));
  }

  public state(run = 0): string {
    const { states, at } = this.runs[run]!;
    return states[at]!;
  }

  public stop(): void {
    this.server.stop();
    jest.restoreAllMocks();
  }

  /** The answer to a look at a run, without a connection. */
  private shown(path: string, { headers }: RequestInit): Response {
    const sent = Object.fromEntries(new Headers(headers));
    const { text, ...answer } = this.server.take({ method: 'GET', path, headers: sent, body: '' });
    return new Response(text, answer);
  }

  private answer(asked: Asked): Answer | undefined {
    const route = `${asked.method} ${asked.path.replace('/api/v2/', '').split('?')[0]}`;
    const failing = this.faults.find(({ left, fault }) => left > 0 && fault.route.test(route));
    if (failing !== undefined) {
      failing.left -= 1;
      if (failing.fault.carriedOut === true) this.respond(route, asked);
      return failing.fault;
    }
    return this.respond(route, asked);
  }

  private respond(route: string, { headers, body, path }: Asked): Answer | undefined {
    if (path.startsWith('/signed/')) return this.signed(route, path);
    const team = TOKENS[String(headers.authorization).replace('Bearer ', '')];
    if (team === undefined) return { status: 401, body: { errors: [{ status: '401', title: 'unauthorized' }] } };
    // Without a permission everything is "not found".
    if (team === 'none') return undefined;
    const [, run = '', action] = /^\w+ runs\/(run-\d+)(?:\/actions\/(\w+))?$/.exec(route) ?? [];
    const known = this.runs.find(({ id }) => id === run);
    if (known !== undefined) return action === undefined ? this.show(known, team) : this.act(known, action, team);
    const [, workspace = ''] = /^GET organizations\/acme\/workspaces\/(.+)$/.exec(route) ?? [];
    if (workspace in this.workspaces) {
      const { resources } = this.workspaces[workspace]!;
      const current = resources === undefined ? null : { id: 'sv-1', type: 'state-versions' };
      return document(`ws-${workspace}`, {}, { 'current-state-version': { data: current } });
    }
    const [, method = '', of = '', what] = /^(\w+) workspaces\/ws-(.+?)\/([a-z-]+)$/.exec(route) ?? [];
    if (what === 'configuration-versions' && method === 'POST') return this.newVersion(body);
    if (what === 'current-state-version') return this.stateVersion(of);
    if (what === 'runs')
      return {
        body: { data: this.runs.filter((one) => one.workspace === of && !one.speculative).map((one) => resourceOf(one, team)) },
      };
    if (route === 'POST runs') return this.newRun(body, team);
    const [, version = ''] = /^GET configuration-versions\/(cv-\d+)$/.exec(route) ?? [];
    const found = this.versions.get(version);
    if (found !== undefined) {
      found.looks += 1;
      return document(version, { status: found.uploaded && found.looks > 1 ? 'uploaded' : 'pending' });
    }
    return this.phase(route, team);
  }

  private newVersion(body: string): Answer {
    const { speculative } = JSON.parse(body).data.attributes;
    const id = `cv-${this.versions.size + 1}`;
    this.versions.set(id, { speculative, uploaded: false, looks: 0 });
    return { ...document(id, { status: 'pending', 'upload-url': `${this.server.url}/signed/${id}` }), status: 201 };
  }

  private newRun(body: string, team: Team): Answer | undefined {
    const { relationships, attributes } = JSON.parse(body).data;
    const version = this.versions.get(relationships['configuration-version'].data.id);
    if (version?.uploaded !== true) return { status: 422, body: { errors: [{ detail: 'is not uploaded' }] } };
    if (attributes['auto-apply'] !== false) throw new Error('a run that confirms itself');
    const workspace = relationships.workspace.data.id.slice('ws-'.length);
    const { states = PLANNING, speculativeEnd = 'planned_and_finished', plan } = this.workspaces[workspace]!;
    const isEmpty = plan !== undefined && JSON.parse(plan).resource_changes.length === 0;
    const end = version.speculative ? [speculativeEnd] : isEmpty ? ['planned_and_finished'] : [];
    const run: StubRun = {
      id: `run-${this.runs.length + 1}`,
      workspace,
      version: relationships['configuration-version'].data.id,
      speculative: version.speculative,
      states: FINAL.includes(states.at(-1)!) ? states : [...states, ...end],
      at: 0,
    };
    this.runs.push(run);
    return { status: 201, body: { data: resourceOf(run, team) } };
  }

  /** Each look finds the run one state further, unless it waits. */
  private show(run: StubRun, team: Team): Answer {
    const answer = { body: { data: resourceOf(run, team) } };
    this.onState(run.states[run.at]!);
    if (run.at < run.states.length - 1) run.at += 1;
    return answer;
  }

  private act(run: StubRun, action: string, team: Team): Answer | undefined {
    const { actions, permissions } = attributesOf(run, team);
    const [possible, allowed] = {
      apply: [actions['is-confirmable'], permissions['can-apply']],
      discard: [actions['is-discardable'], permissions['can-discard']],
      cancel: [actions['is-cancelable'], permissions['can-cancel']],
    }[action] ?? [false, false];
    if (allowed !== true) return undefined;
    if (possible !== true) return { status: 409, body: { errors: [{ status: '409', title: 'transition not allowed' }] } };
    const now = run.states[run.at]!;
    const after = {
      apply: this.workspaces[run.workspace]!.applying ?? APPLYING,
      discard: ['discarded'],
      // Terraform ends what it has begun.
      cancel: now === 'applying' ? ['applying', 'canceled'] : ['canceled'],
    }[action]!;
    run.states = [now, ...after];
    run.at = 1;
    return { status: 202 };
  }

  private stateVersion(workspace: string): Answer | undefined {
    const { resources, resourcesProcessed = true } = this.workspaces[workspace] ?? {};
    return resources && document('sv-1', { resources, 'resources-processed': resourcesProcessed });
  }

  /** Plans and applies. */
  private phase(route: string, team: Team): Answer | undefined {
    const [, kind, number, output] =
      /^GET (plans|applies)\/(?:plan|apply)-(\d+)(\/json-output(?:-redacted)?)?$/.exec(route) ?? [];
    const run = this.runs[Number(number) - 1];
    if (kind === undefined || run === undefined) return undefined;
    if (output !== undefined) {
      if (output === '/json-output' ? team !== 'admin' : this.workspaces[run.workspace]!.withoutRedacted === true)
        return undefined;
      return { status: 307, body: '', headers: { Location: `${this.server.url}/signed/json-${run.workspace}` } };
    }
    const hasPlanned =
      run.states.slice(0, run.at + 1).includes('planned') || this.workspaces[run.workspace]!.states?.includes('planned');
    const status = hasPlanned === true ? 'finished' : 'errored';
    return document(`${kind}-${number}`, { status, 'log-read-url': `${this.server.url}/signed/${kind}-${run.workspace}` });
  }

  private signed(route: string, path: string): Answer | undefined {
    const [, kind = '', name = ''] = /^\/signed\/(cv|json|plans|applies)-(.+)$/.exec(path) ?? [];
    if (kind === 'cv' && route.startsWith('PUT')) {
      this.versions.get(`cv-${name}`)!.uploaded = true;
      return {};
    }
    const { plan = '{"format_version":"1.2","resource_changes":[]}', planLog = '', applyLog = '' } = this.workspaces[name] ?? {};
    return { body: { json: plan, plans: planLog, applies: applyLog }[kind] };
  }
}

function document(id: string, attributes: object = {}, relationships: object = {}): Answer {
  return { body: { data: { id, attributes, relationships } } };
}

function attributesOf({ states, at, speculative }: StubRun, team: Team) {
  const status = states[at]!;
  const isLast = at === states.length - 1;
  const mayApply = team === 'admin' || team === 'write';
  return {
    status,
    actions: {
      'is-confirmable': !speculative && isLast && !FINAL.includes(status) && status !== 'policy_override',
      'is-discardable': DISCARDABLE.includes(status) && !speculative,
      'is-cancelable': !FINAL.includes(status) && !DISCARDABLE.includes(status),
    },
    permissions: { 'can-apply': mayApply, 'can-discard': mayApply || team === 'plan', 'can-cancel': true },
  };
}

function resourceOf(run: StubRun, team: Team) {
  const number = run.id.slice('run-'.length);
  return {
    id: run.id,
    attributes: attributesOf(run, team),
    relationships: {
      plan: { data: { id: `plan-${number}` } },
      apply: { data: { id: `apply-${number}` } },
      'configuration-version': { data: { id: run.version } },
    },
  };
}
