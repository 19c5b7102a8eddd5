/** Certificates of ACM, watched, each in its region. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { daysToExpiry } from './metrics';
import type { MonitoredResources } from './monitored-resources';

/** An alarm a certificate. */
export class CertificateAlarms extends Construct {
  constructor(scope: Construct, id: string, alarms: Alarms, certificates: MonitoredResources['certificates']) {
    super(scope, id);
    for (const { key, arn, region } of certificates) {
      alarms.raise(this, `${key}-expiry`, { kind: 'certificate-expiry', subject: key, metric: daysToExpiry(arn), region });
    }
  }
}
