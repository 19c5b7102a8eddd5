/** For `jest.mock` of src/aws/waiting: hosts and tasks on this machine answer at once. */
import type * as Waiting from '../../src/aws/waiting';

/** Waits and pauses as always, but looks again after so many seconds. */
export function waitsSoon(seconds: number): typeof Waiting {
  const actual = jest.requireActual<typeof Waiting>('../../src/aws/waiting');
  return {
    ...actual,
    waitFor: (look, options) => actual.waitFor(look, { ...options, everySeconds: seconds }),
    pause: (_, signal) => actual.pause(seconds, signal),
  };
}
