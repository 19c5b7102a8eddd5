/** Every command, in the order of `--help`. A new command is a folder here and a line in this list. */
import type { Command } from '../cli/command';
import { lock } from './addresses';
import { book } from './book';
import { cost } from './cost';
import { db } from './db';
import { delivery } from './delivery';
import { deploy } from './deploy';
import { destroy } from './destroy';
import { docs } from './docs';
import { guard } from './guard';
import { imageDigests } from './image-digests';
import { logs } from './logs';
import { manifests } from './manifests';
import { move } from './move';
import { newSystem } from './new';
import { plan } from './plan';
import { policy } from './policy';
import { preview } from './preview';
import { prices } from './prices';
import { providerLocks } from './provider-locks';
import { recordVolumes } from './record-volumes';
import { release } from './release';
import { restore } from './restore';
import { run } from './run';
import { shell } from './shell';
import { status } from './status';
import { synth } from './synth';
import { tryout } from './tryout';
import { validate } from './validate';

export const COMMANDS: readonly Command[] = [
  newSystem,
  synth,
  status,
  cost,
  prices,
  book,
  plan,
  deploy,
  destroy,
  guard,
  lock,
  policy,
  validate,
  manifests,
  recordVolumes,
  providerLocks,
  imageDigests,
  tryout,
  release,
  preview,
  restore,
  run,
  logs,
  shell,
  db,
  move,
  delivery,
  docs,
];
