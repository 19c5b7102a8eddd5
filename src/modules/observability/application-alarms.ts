/** Metrics that the application sends, watched where the environment gives a limit. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { applicationMetric } from './metrics';
import type { MonitoredResources, MonitoredService } from './monitored-resources';

/** An alarm for each metric with a limit and each service that sends metrics. */
export class ApplicationAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    alarms: Alarms,
    { namespace, metrics }: NonNullable<MonitoredResources['application']>,
    services: readonly MonitoredService[],
  ) {
    super(scope, id);
    for (const { key: service, tracedAs } of services) {
      for (const { key, name, title, statistic, alarmAbove } of metrics) {
        if (tracedAs === undefined || alarmAbove === undefined) continue;
        alarms.raiseOwn(this, `${service}-${key}`, {
          key: `${key}-${service}`,
          measures: `${title} (${service})`,
          metric: applicationMetric(namespace, tracedAs, name, statistic),
          threshold: alarmAbove,
        });
      }
    }
  }
}
