/** What a person may not write about previews. */
import { testRefusals } from '../../support/refusals';
import { ACCEPTED_PREVIEWS, REFUSED_PREVIEWS } from './preview-inputs';

describe('previews', () => testRefusals(REFUSED_PREVIEWS, ACCEPTED_PREVIEWS));
