/** `npm run record-volumes`: the record that keeps a later synthesis from shrinking or moving a data volume. */
import type { Command } from '../../cli/command';

export const recordVolumes: Command = {
  name: 'record-volumes',
  usage: '',
  summary: 'Records the size and zone of data volumes, which no later synthesis may shrink or move; run after a deployment.',
  help: 'Exit code: 0 written, 1 an environment is invalid, or contradicts the record, 2 wrong usage. More: docs/box.md',
  register: (parser, run) => {
    parser.action(() => run(async (context) => (await import('./record.ts')).recordDataVolumes(context)));
  },
};
