/** Copies by AWS Backup, watched: one that failed, and none for too long. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { vaultMetrics } from './metrics';

/** Two alarms a vault. */
export class BackupAlarms extends Construct {
  constructor(scope: Construct, id: string, alarms: Alarms, vaultName: string) {
    super(scope, id);
    const { failed, completed } = vaultMetrics(vaultName);
    alarms.raise(this, 'failed', { kind: 'backup-failed', metric: failed });
    alarms.raise(this, 'age', { kind: 'backup-age', metric: completed });
  }
}
