/** The engine that commands use. */
import { checkMove } from './check';
import { copy } from './copy';
import type { Engine } from './engine';
import { abandon, finish } from './finish';
import { freeze, thaw } from './freeze';
import { lagOf, startLive } from './live';
import { finishLive } from './live-finish';
import { prepareTarget } from './roles';
import { confirmFrozen, verify } from './verify';

export const postgresEngine: Engine = {
  checkMove,
  prepareTarget,
  freeze,
  thaw,
  copy,
  startLive,
  lagOf,
  finishLive,
  verify,
  confirmFrozen,
  finish,
  abandon,
};
