/** What the try-out found of one stack, and which of it is known of the emulator. Pure. */
import type { EmulatorFacts, Gap, GapKind } from './known-gaps';
import type { LeftOut } from './leave-out';
import type { Fault } from './terraform';

/** A resource that a second plan wants to change although nothing happened. */
export interface Drift {
  readonly address: string;
  /** What the second plan would do; `fail` when it could not be made. */
  readonly action: string;
  /** Which of its arguments, or why the plan failed. */
  readonly attributes: readonly string[];
}

export interface StackResult {
  readonly id: string;
  /** In the synthesised module. */
  readonly resources: number;
  readonly leftOut: readonly LeftOut[];
  readonly dropped: ReadonlyMap<string, number>;
  /** Why nothing was applied. */
  readonly notTried?: string;
  readonly planned: number;
  readonly created: readonly string[];
  readonly faults: readonly Fault[];
  readonly drifted: readonly Drift[];
  /** Created and not destroyed again. */
  readonly stayed: readonly string[];
  readonly destroyFaults: readonly Fault[];
}

/** A finding, with the emulator's gap that explains it, when one does. */
export interface Finding {
  readonly stack: string;
  readonly what: string;
  readonly gap?: Gap;
}

/** The type in a resource's address: `aws_vpc` of `aws_vpc.main`, `data.aws_lb` of `data.aws_lb.x`. */
export function typeOf(address: string): string {
  const parts = address.split('.');
  return parts[0] === 'data' ? `data.${parts[1] ?? ''}` : (parts[0] ?? '');
}

/** Everything that went otherwise than on AWS, in the order in which it happened. */
export function findingsOf(result: StackResult, emulator: EmulatorFacts | undefined): readonly Finding[] {
  const explain = (address: string | undefined, kind: GapKind): Gap | undefined =>
    address === undefined ? undefined : emulator?.gaps.find((gap) => gap.kind === kind && gap.type === typeOf(address));
  const saysGap = ({ message }: Fault): boolean =>
    emulator?.gaps.some(({ kind, says }) => kind === 'destroy' && says !== undefined && message.includes(says)) ?? false;
  const unexplainedDestroys = result.destroyFaults.filter(
    (fault) => explain(fault.address, 'destroy') === undefined && !saysGap(fault),
  );
  const brokeUnexplained = unexplainedDestroys.length > 0 || result.destroyFaults.length === 0;
  const { id: stack } = result;
  return [
    ...(result.notTried === undefined ? [] : [{ stack, what: `not applied: ${result.notTried}` }]),
    ...result.faults.map(({ address, message }) => ({
      stack,
      what: `not created: ${address ?? 'a resource'}: ${message}`,
      gap: explain(address, 'create'),
    })),
    ...result.drifted.map((drift) => ({ stack, what: describeDrift(drift), gap: explainDrift(drift, emulator) })),
    ...result.stayed.map((address) => {
      const fault = result.destroyFaults.find((candidate) => candidate.address === address);
      const why = fault?.message ?? 'what depends on it stayed';
      const gap = explain(address, 'destroy') ?? (fault === undefined && !brokeUnexplained ? consequence(address) : undefined);
      return { stack, what: `not destroyed: ${address}: ${why}`, gap };
    }),
    ...unexplainedDestroys
      .filter(({ address }) => address === undefined || !result.stayed.includes(address))
      .map(({ address, message }) => ({
        stack,
        what: `while destroying${address === undefined ? '' : ` ${address}`}: ${message}`,
      })),
  ];
}

function describeDrift({ address, action, attributes }: Drift): string {
  if (action === 'fail') return `a second plan fails: ${address}: ${attributes.join(', ')}`;
  const what = attributes.length === 0 ? '' : ` (${attributes.join(', ')})`;
  return `drifted: ${address}, which a second plan would ${action}${what}`;
}

/** Only what was measured: drift in any other argument is not explained. */
function explainDrift({ address, attributes }: Drift, emulator: EmulatorFacts | undefined): Gap | undefined {
  return emulator?.gaps.find(
    ({ kind, type, attributes: known }) =>
      kind === 'drift' && type === typeOf(address) && (known === undefined || attributes.every((name) => known.includes(name))),
  );
}

/** Something stays because something known stays that needs it. */
function consequence(address: string): Gap {
  return { type: typeOf(address), kind: 'destroy', reason: 'something that cannot be destroyed here depends on it' };
}
