/** What documents say of edges and monitoring, as tests look it up in synthesised stacks. */
import type { Synthesised } from './environments';
import { resourcesOf, theOnly, type RootModule } from './synth';

/** The rules of the only web ACL, by name. */
export const rulesIn = (module: RootModule): Readonly<Record<string, any>> =>
  Object.fromEntries(theOnly(module, 'aws_wafv2_web_acl').rule.map((rule: any) => [rule.name, rule]));

/** The managed rule groups of the only web ACL. */
export const groupsIn = (module: RootModule) =>
  Object.values(rulesIn(module)).flatMap(({ statement }) => statement.managed_rule_group_statement?.name ?? []);

/** The settings of a Cloudflare zone, by id. */
export const settingsIn = (edge: RootModule) =>
  Object.fromEntries(resourcesOf(edge, 'cloudflare_zone_setting').map(({ setting_id, value }) => [setting_id, value]));

/** Sources that may reach the load balancer or the host on 443. */
export const admittedTo = (compute: RootModule) =>
  resourcesOf(compute, 'aws_vpc_security_group_ingress_rule')
    .filter(({ from_port, cidr_ipv4, prefix_list_id }) => from_port === 443 && (cidr_ipv4 ?? prefix_list_id) !== undefined)
    .map(({ cidr_ipv4, prefix_list_id }) => cidr_ipv4 ?? prefix_list_id);

/** The alarm of a name, without the environment's. */
export function alarm({ environment, observability }: Synthesised, name: string): Record<string, any> {
  const wanted = `${environment.identity.environment}-${name}`;
  const found = resourcesOf(observability, 'aws_cloudwatch_metric_alarm').find(({ alarm_name: known }) => known === wanted);
  if (found === undefined) throw new Error(`there is no alarm ${wanted}`);
  return found;
}

/** The names of all alarms. */
export const alarmNames = ({ observability }: Synthesised) =>
  resourcesOf(observability, 'aws_cloudwatch_metric_alarm').map(({ alarm_name: name }) => String(name));

/** The titles of the dashboard's widgets. */
export const widgetTitles = ({ observability }: Synthesised): readonly string[] =>
  JSON.parse(theOnly(observability, 'aws_cloudwatch_dashboard').dashboard_body).widgets.map(
    ({ properties }: any) => properties.title ?? '',
  );

/** Who is notified: `email ops@...`. */
export const endpoints = ({ observability }: Synthesised) =>
  resourcesOf(observability, 'aws_sns_topic_subscription').map(({ protocol, endpoint }) => `${protocol} ${endpoint}`);
