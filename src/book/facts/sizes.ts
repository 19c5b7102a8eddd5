/** Sizes in words. Pure. */
import { dollars } from '../../cost/money';
import type { Range } from '../../cost/range';
import { resourcesOf, type Modules } from '../../terraform/root-module';

export function resourceCount(modules: Modules): number {
  return Object.values(modules).reduce((sum, module) => sum + resourcesOf(module).length, 0);
}

/** `0.5 vCPU, 1 GiB`. */
export function sizeOf({ vcpu, memoryMib }: { readonly vcpu: number; readonly memoryMib: number }): string {
  return `${vcpu} vCPU, ${memoryInWords(memoryMib)}`;
}

function memoryInWords(mebibytes: number): string {
  return mebibytes % 512 === 0 && mebibytes >= 1024 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
}

/** `2`, `2 to 6`. */
export function rangeInWords({ min, max }: { readonly min: number; readonly max: number }): string {
  return min === max ? String(min) : `${min} to ${max}`;
}

/** `30 s`, `5 min`, `1 h`. */
export function duration(seconds: number): string {
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 && seconds >= 120 ? `${seconds / 60} min` : `${seconds} s`;
}

/** `$511 to $1,159`: what load changes. */
export function loadRange({ low, high }: Range): string {
  return dollars(low) === dollars(high) ? 'load changes little' : `${dollars(low)} to ${dollars(high)}`;
}
