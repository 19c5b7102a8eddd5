/** Every command, in the order of `--help`. A new command is a folder here and a line in this list. */
import type { Command } from '../cli/command';
import { lock } from './addresses';
import { book } from './book';
import { cost } from './cost';
import { delivery } from './delivery';
import { docs } from './docs';
import { guard } from './guard';
import { imageDigests } from './image-digests';
import { manifests } from './manifests';
import { move } from './move';
import { newSystem } from './new';
import { policy } from './policy';
import { preview } from './preview';
import { prices } from './prices';
import { providerLocks } from './provider-locks';
import { recordVolumes } from './record-volumes';
import { synth } from './synth';
import { tryout } from './tryout';
import { validate } from './validate';

export const COMMANDS: readonly Command[] = [
  newSystem,
  synth,
  cost,
  prices,
  book,
  guard,
  lock,
  policy,
  validate,
  manifests,
  recordVolumes,
  providerLocks,
  imageDigests,
  tryout,
  preview,
  move,
  delivery,
  docs,
];
