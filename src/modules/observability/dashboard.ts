/** The dashboard of an environment. */
import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { dashboardBody } from './dashboard-body';
import { dashboardRows } from './dashboard-rows';
import type { MonitoredResources } from './monitored-resources';

export interface DashboardProps {
  /** The environment's name, which is the dashboard's. */
  readonly name: string;
  readonly watched: MonitoredResources;
  /** Alarms of the region. */
  readonly alarmArns: readonly string[];
}

/** Generated from what there is. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { name, watched, alarmArns }: DashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, 'board', {
      dashboardName: name,
      dashboardBody: dashboardBody(dashboardRows(watched), watched.region, alarmArns),
    });
  }
}
