/** An environment on AWS that sleep switches off and on, with a simulated clock, and several executions at the same time. */
import type { SleepingResources } from '../../src/modules/sleep/sleeping-resources';
import { execute, type Aws, type Ended } from './state-machine';

export const RESOURCES: SleepingResources = {
  services: ['api', 'worker'].map((name) => ({
    clusterName: 'shop',
    name,
    scalableTargetArn: `arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/${name}`,
    min: name === 'api' ? 2 : 0,
  })),
  nodeGroups: [{ clusterName: 'shop', name: 'main-1', arn: 'arn:aws:eks:main-1', autoScalingGroupName: 'eks-main', min: 2 }],
  hostGroups: [{ name: 'shop-box', min: 2 }],
  instanceIds: ['i-1'],
  database: 'shop-db',
  alarmNames: ['shop-cpu', 'shop-errors'],
  healthCheckIds: ['check-1'],
};

/** Seconds that AWS takes. */
const STOPS = 400;
const STARTS = 500;

export class SleepingAws {
  public now = 0;
  public wanted = 'awake';
  public readonly services = { api: tasks(3), worker: tasks(0) };
  public readonly nodes = { min: 2, desired: 3, launches: true };
  public readonly hosts = { min: 2, desired: 2 };
  public hostRuns = true;
  public readonly muted = new Set<string>();
  public readonly disabled = new Set<string>();
  /** What must never happen. */
  public readonly violations: string[] = [];
  /** Calls that AWS refuses, by their number. */
  public readonly refused = new Set<number>();
  public calls = 0;
  private database = { status: 'available', until: 0, then: 'available' };
  private readonly running: { at: number; readonly steps: AsyncGenerator<number, Ended> }[] = [];
  public readonly ended: Ended[] = [];

  /** Starts an execution now. */
  public start(workflow: object, input: unknown = {}): void {
    this.running.push({ at: this.now, steps: execute(workflow, input, this.aws) });
  }

  /** Lets the executions run up to a moment. */
  public async runUntil(moment: number): Promise<void> {
    for (;;) {
      const next = [...this.running].sort((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > moment) break;
      this.now = Math.max(this.now, next.at);
      const step = await next.steps.next();
      if (step.done === true) {
        this.running.splice(this.running.indexOf(next), 1);
        this.ended.push(step.value);
      } else next.at = this.now + step.value;
    }
    this.now = moment;
  }

  /** AWS starts an instance that was stopped for seven days. */
  public startDatabaseAfterSevenDays(): void {
    if (this.databaseStatus === 'stopped') this.database = { status: 'starting', until: this.now + STARTS, then: 'available' };
  }

  public get databaseStatus(): string {
    return this.now >= this.database.until ? this.database.then : this.database.status;
  }

  private get anythingRuns(): boolean {
    return Object.values(this.services).some((service) => service.running(this.now) > 0);
  }

  public readonly aws: Aws = (action, args) => {
    this.calls += 1;
    if (this.refused.has(this.calls)) throw new Error('refused');
    switch (action) {
      case 'ssm:putParameter':
        this.wanted = args.Value;
        return {};
      case 'ssm:getParameter':
        return { Parameter: { Value: this.wanted } };
      case 'rds:describeDBInstances':
        return { DbInstances: [{ DbInstanceStatus: this.databaseStatus }] };
      case 'rds:stopDBInstance':
        if (this.anythingRuns) this.violations.push('the database stops under running tasks');
        return this.moveDatabase('available', 'stopping', 'stopped', STOPS);
      case 'rds:startDBInstance':
        return this.moveDatabase('stopped', 'starting', 'available', STARTS);
      case 'ecs:describeServices': {
        const service = this.serviceOf(args.Services[0]);
        return { Services: [{ DesiredCount: service.desired, RunningCount: service.running(this.now) }] };
      }
      case 'ecs:updateService':
        this.needsDatabase(args.DesiredCount > 0);
        this.serviceOf(args.Service).set(args.DesiredCount, this.now);
        return {};
      case 'applicationautoscaling:registerScalableTarget':
        this.serviceOf(args.ResourceId.split('/')[2]).suspended = args.SuspendedState.DynamicScalingOutSuspended;
        return {};
      case 'autoscaling:suspendProcesses':
      case 'autoscaling:resumeProcesses':
        this.nodes.launches = action === 'autoscaling:resumeProcesses';
        return {};
      case 'eks:describeNodegroup':
        return { Nodegroup: { ScalingConfig: { MinSize: this.nodes.min, DesiredSize: this.nodes.desired } } };
      case 'eks:updateNodegroupConfig': {
        const { MinSize: min, DesiredSize: desired } = args.ScalingConfig;
        if (desired < min) throw new Error('Minimum capacity can not be greater than desired size');
        this.needsDatabase(desired > 0);
        Object.assign(this.nodes, { min, desired });
        return {};
      }
      case 'autoscaling:updateAutoScalingGroup':
        this.needsDatabase(args.MinSize > 0);
        this.hosts.min = args.MinSize;
        this.hosts.desired = args.DesiredCapacity ?? Math.max(this.hosts.desired, args.MinSize);
        return {};
      case 'ec2:stopInstances':
      case 'ec2:startInstances':
        this.hostRuns = action === 'ec2:startInstances';
        this.needsDatabase(this.hostRuns);
        return {};
      case 'route53:updateHealthCheck':
        this.disabled[args.Disabled === true ? 'add' : 'delete'](args.HealthCheckId);
        return {};
      case 'cloudwatch:disableAlarmActions':
      case 'cloudwatch:enableAlarmActions':
        for (const name of args.AlarmNames) this.muted[action.includes('disable') ? 'add' : 'delete'](name);
        return {};
      default:
        throw new Error(`unknown action ${action}`);
    }
  };

  private serviceOf(name: string) {
    const service = Object.entries(this.services).find(([known]) => known === name)?.[1];
    if (service === undefined) throw new Error(`no service ${name}`);
    return service;
  }

  private needsDatabase(starts: boolean): void {
    if (starts && this.databaseStatus !== 'available')
      this.violations.push(`starts while the database is ${this.databaseStatus}`);
  }

  private moveDatabase(from: string, status: string, then: string, seconds: number): object {
    if (this.databaseStatus !== from) throw new Error(`InvalidDBInstanceState: ${this.databaseStatus}`);
    this.database = { status, until: this.now + seconds, then };
    return {};
  }
}

/** Tasks end a minute after they are no longer wanted. */
function tasks(desired: number) {
  let before = desired;
  let since = 0;
  return {
    desired,
    suspended: false,
    running(now: number): number {
      return now < since + 60 ? Math.max(before, this.desired) : this.desired;
    },
    set(count: number, now: number): void {
      before = this.running(now);
      since = now;
      this.desired = count;
    },
  };
}
