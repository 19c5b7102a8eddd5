/** The outputs of a stack as the contract that it publishes: src/terraform/handover.ts writes them. Pure. */
import type { Handovers } from '../contracts/handovers';

/**
 * Values by the names of the contract. Outputs are called `vpc_id` where the contract says `vpcId`; keys that people chose, such as
 * those of roles, are the same in both, and `Object.entries` returns them.
 */
export function publishedValues<K extends keyof Handovers>(_kind: K, outputs: Readonly<Record<string, unknown>>): Handovers[K] {
  return wrapped(outputs) as Handovers[K];
}

function wrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wrapped);
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value as Record<string, unknown>, {
    get: (target, name) => (typeof name === 'string' ? wrapped(target[nameIn(target, name)]) : undefined),
    has: (target, name) => typeof name === 'string' && nameIn(target, name) in target,
  });
}

function nameIn(target: Readonly<Record<string, unknown>>, name: string): string {
  return Object.hasOwn(target, name) ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
