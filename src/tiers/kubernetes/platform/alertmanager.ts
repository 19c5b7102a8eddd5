/** Values of Alertmanager: which alert goes where. Pure. */
import { CHARTS, chartResources, type PlatformContext } from './charts';

/** The receiver that the chart defines and that drops what it gets. */
const DROPPED = 'null';

/** How often the watchdog is published; the alarm `cluster-watchdog` waits for three times as long. */
const WATCHDOG_INTERVAL = '5m';

/**
 * Alerts go to the environment's topic: critical ones again every hour, the others twice a day, until they are resolved. What
 * only informs is dropped: it is on Grafana. Without topics all alerts are dropped, as the chart has it.
 */
export function alertmanagerValues({ region, alertTopics }: Pick<PlatformContext, 'region' | 'alertTopics'>) {
  const alertmanagerSpec = { resources: chartResources('alertmanager') };
  if (alertTopics === undefined) return { alertmanagerSpec };
  const sns = (name: string, topicArn: string) => ({
    name,
    sns_configs: [{ topic_arn: topicArn, sigv4: { region }, send_resolved: true }],
  });
  return {
    alertmanagerSpec,
    serviceAccount: { create: true, name: CHARTS['kube-prometheus-stack'].serviceAccount },
    config: {
      route: {
        receiver: 'notices',
        group_by: ['namespace', 'alertname'],
        group_wait: '30s',
        group_interval: '5m',
        repeat_interval: '12h',
        routes: [
          {
            receiver: 'watchdog',
            matchers: ['alertname = "Watchdog"'],
            group_wait: '0s',
            // Repetitions are considered once in this interval only.
            group_interval: '1m',
            repeat_interval: WATCHDOG_INTERVAL,
          },
          // It is an input of the chart's rules of inhibition.
          { receiver: DROPPED, matchers: ['alertname = "InfoInhibitor"'] },
          { receiver: DROPPED, matchers: ['severity =~ "info|none"'] },
          { receiver: 'notices', matchers: ['severity = "critical"'], repeat_interval: '1h' },
        ],
      },
      receivers: [{ name: DROPPED }, sns('notices', alertTopics.noticesArn), sns('watchdog', alertTopics.watchdogArn)],
    },
  };
}
