/** The way out of private subnets, watched. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { groupMetrics, natGatewayMetrics } from './metrics';
import type { MonitoredNat } from './monitored-resources';

/** Gateways that run out of ports, an instance that is gone. */
export class NatAlarms extends Construct {
  constructor(scope: Construct, id: string, alarms: Alarms, { gateways, instanceGroupName }: MonitoredNat) {
    super(scope, id);
    for (const { zone, id: gateway } of gateways) {
      alarms.raise(this, `ports-${zone}`, { kind: 'nat-ports', subject: zone, metric: natGatewayMetrics(gateway).portErrors });
    }
    if (instanceGroupName === undefined) return;
    alarms.raise(this, 'instance', { kind: 'nat-instance', metric: groupMetrics(instanceGroupName).failedChecks });
  }
}
