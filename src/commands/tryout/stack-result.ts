/** The result of one stack, and which of its deviations are known gaps of the emulator. Pure. */
import type { EmulatorFacts, Gap, GapKind } from './known-gaps';
import type { LeftOut } from './leave-out';
import type { Fault } from './terraform';

/** A resource that a second plan would change although nothing has changed. */
export interface Drift {
  readonly address: string;
  /** What the second plan would do; `fail` when planning failed. */
  readonly action: string;
  /** The arguments, or why planning failed. */
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
  /** Created, and not destroyed again. */
  readonly stayed: readonly string[];
  readonly destroyFaults: readonly Fault[];
}

/** A difference from AWS, with the gap of the emulator that explains it. */
export interface Deviation {
  readonly stack: string;
  readonly what: string;
  readonly gap?: Gap;
}

/** The type in a resource's address: `aws_vpc` of `aws_vpc.main`, `data.aws_lb` of `data.aws_lb.x`. */
export function typeOf(address: string): string {
  const parts = address.split('.');
  return parts[0] === 'data' ? `data.${parts[1] ?? ''}` : (parts[0] ?? '');
}

/** Every difference from AWS, in the order in which it occurred. */
export function deviationsOf(result: StackResult, emulator: EmulatorFacts | undefined): readonly Deviation[] {
  const explain = (address: string | undefined, kind: GapKind): Gap | undefined =>
    address === undefined ? undefined : emulator?.gaps.find((gap) => gap.kind === kind && gap.type === typeOf(address));
  const isKnownMessage = ({ message: text }: Fault): boolean =>
    emulator?.gaps.some(({ kind, message }) => kind === 'destroy' && message !== undefined && text.includes(message)) ?? false;
  const unexplainedDestroys = result.destroyFaults.filter(
    (fault) => explain(fault.address, 'destroy') === undefined && !isKnownMessage(fault),
  );
  const hasUnexplained = unexplainedDestroys.length > 0 || result.destroyFaults.length === 0;
  const { id: stack } = result;
  return [
    ...(result.notTried === undefined ? [] : [{ stack, what: `not applied: ${result.notTried}` }]),
    ...result.faults.map(({ address, message }) => ({
      stack,
      what: `not created: ${address ?? 'a resource'}: ${message}`,
      gap: explain(address, 'create'),
    })),
    ...result.drifted.map((drift) => {
      const gap = drift.action === 'fail' ? explain(drift.address, 'create') : explainDrift(drift, emulator);
      return { stack, what: describeDrift(drift), gap: gap ?? unknownBecauseOf(drift, result.drifted, emulator) };
    }),
    ...result.stayed.map((address) => {
      const fault = result.destroyFaults.find((candidate) => candidate.address === address);
      const why = fault?.message ?? 'a resource that depends on it was not destroyed';
      const gap = explain(address, 'destroy') ?? (fault === undefined && !hasUnexplained ? consequence(address) : undefined);
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

/** Only drift in the measured arguments is explained. */
function explainDrift({ address, attributes }: Drift, emulator: EmulatorFacts | undefined): Gap | undefined {
  return emulator?.gaps.find(
    ({ kind, type, attributes: known }) =>
      kind === 'drift' && type === typeOf(address) && (known === undefined || attributes.every((name) => known.includes(name))),
  );
}

/** An argument that is only unknown, not different, refers to a resource that a known gap replaces. */
function unknownBecauseOf(
  { address, action, attributes }: Drift,
  drifted: readonly Drift[],
  emulator: EmulatorFacts | undefined,
): Gap | undefined {
  if (action === 'fail' || attributes.length > 0) return undefined;
  const isReplaced = drifted.some((other) => other.action === 'replace' && explainDrift(other, emulator) !== undefined);
  if (!isReplaced) return undefined;
  return { type: typeOf(address), kind: 'drift', reason: 'refers to a resource that the emulator makes a second plan replace' };
}

/** A resource cannot be destroyed while a known one stays that needs it. */
function consequence(address: string): Gap {
  return { type: typeOf(address), kind: 'destroy', reason: 'a resource that the emulator cannot destroy depends on it' };
}
