/** Which environments may sleep, and when. */
import { testRefusals } from '../../support/refusals';
import { ACCEPTED_ASLEEP, REFUSED_ASLEEP } from './sleep-inputs';

describe('an environment that sleeps', () => testRefusals(REFUSED_ASLEEP, ACCEPTED_ASLEEP));
