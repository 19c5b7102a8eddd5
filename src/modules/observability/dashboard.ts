/** The dashboard of an environment: rows of widgets, laid out on CloudWatch's grid. */
import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { dashboardRows, type Row, type Widget } from './dashboard-rows';
import type { Formula, Metric } from './metrics';
import type { MonitoredResources } from './monitored-resources';

/** CloudWatch's grid is 24 wide. */
const GRID_WIDTH = 24;
const WIDGET_WIDTH = 6;
const WIDGET_HEIGHT = 6;
const TITLE_HEIGHT = 1;
const STATUS_HEIGHT = 4;

/** Seconds that one data point covers. */
const PERIOD_SECONDS = 300;

/** The most alarms in one widget. Source: CloudWatch API reference, "Dashboard body structure and syntax". */
const MOST_ALARMS = 100;

export interface DashboardProps {
  /** The environment's name, used for the dashboard. */
  readonly name: string;
  readonly resources: MonitoredResources;
  /** Alarms of the dashboard's region. */
  readonly alarmArns: readonly string[];
}

/** Generated: what the environment does not have gets no widget. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { name, resources, alarmArns }: DashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, 'board', {
      dashboardName: name,
      dashboardBody: dashboardBody(dashboardRows(resources), resources.region, alarmArns),
    });
  }
}

interface Placed {
  readonly type: 'text' | 'metric' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

/**
 * The body of a dashboard: the state of the alarms, then the rows, each under its title. Empty widgets and rows are left out.
 * @param alarmArns of alarms in the dashboard's region
 */
export function dashboardBody(rows: readonly Row[], region: string, alarmArns: readonly string[]): string {
  const status = alarmArns.slice(0, MOST_ALARMS);
  const placed: Placed[] = [];
  let y = 0;
  if (status.length > 0) {
    placed.push({
      type: 'alarm',
      x: 0,
      y,
      width: GRID_WIDTH,
      height: STATUS_HEIGHT,
      properties: { title: 'Alarms', alarms: status },
    });
    y += STATUS_HEIGHT;
  }
  for (const { title, widgets } of rows) {
    const shown = widgets.filter(({ series }) => series.length > 0);
    if (shown.length === 0) continue;
    placed.push({ type: 'text', x: 0, y, width: GRID_WIDTH, height: TITLE_HEIGHT, properties: { markdown: `## ${title}` } });
    y += TITLE_HEIGHT;
    const inLine = Math.floor(GRID_WIDTH / WIDGET_WIDTH);
    placed.push(
      ...shown.map((widget, index): Placed => ({
        type: 'metric',
        x: (index % inLine) * WIDGET_WIDTH,
        y: y + Math.floor(index / inLine) * WIDGET_HEIGHT,
        width: WIDGET_WIDTH,
        height: WIDGET_HEIGHT,
        properties: widgetProperties(widget, region),
      })),
    );
    y += Math.ceil(shown.length / inLine) * WIDGET_HEIGHT;
  }
  return JSON.stringify({ widgets: placed });
}

function widgetProperties({ title, series, region }: Widget, home: string): object {
  return {
    title,
    region: region ?? home,
    view: 'timeSeries',
    stacked: false,
    period: PERIOD_SECONDS,
    metrics: series.flatMap(({ label, metric }, index) => lines(label, metric, `s${index}`)),
  };
}

/** One entry for a metric; for a formula its result and its hidden inputs. */
function lines(label: string, metric: Metric | Formula, id: string): readonly unknown[] {
  if (!('expression' in metric)) return [entry(metric, { label, stat: metric.statistic })];
  const parts = Object.entries(metric.inputs).map(([name, input]) => {
    const hidden = { id: `${id}${name}`, visible: false };
    return 'expression' in input
      ? [{ ...hidden, expression: input.expression }]
      : entry(input, { ...hidden, stat: input.statistic });
  });
  // Ids are unique in a widget: two formulas may use the same names for their inputs.
  const expression = Object.keys(metric.inputs).reduce(
    (text, name) => text.replace(new RegExp(`\\b${name}\\b`, 'g'), `${id}${name}`),
    metric.expression,
  );
  return [[{ id, expression, label }], ...parts];
}

function entry({ namespace, name, dimensions }: Metric, options: object): readonly unknown[] {
  return [namespace, name, ...Object.entries(dimensions).flat(), options];
}
