import type { CheckReport } from './findings';
import type { DatabaseMove, StepOptions } from './move';

export function checkMove(_move: DatabaseMove, _options: StepOptions): Promise<CheckReport> {
  return Promise.reject(new Error('being written'));
}
