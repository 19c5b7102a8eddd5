/** `npm run logs`: the lines that the containers of an environment write. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from '../../cli/command';
import { withReadOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { LogsOptions } from './logs';

export const logs: Command = {
  name: 'logs',
  usage: '-- [options] <environment> [names...]',
  summary:
    'Shows what the containers of an environment write, of several at once in the order of their times; the same on every tier.',
  help: `Names are keys of services, workers and jobs, and besides: host (a box), shells (what was typed in shells on Fargate) and platform
(Kubernetes). Without names every container is shown.

Examples:
  npm run logs -- shop-prod api --follow
  npm run logs -- shop-prod api worker --since 2h --grep ERROR
  npm run logs -- shop-prod api --since 2026-11-28T10:00 --grep '{ $.status = 500 }' --json

Exit code: 0 shown, also when Ctrl-C ends --follow; 1 unknown names, or AWS refuses; 2 wrong usage; 3 no credentials.
More: docs/day-two.md`,
  register: (parser, run) => {
    withReadOptions(
      parser
        .argument('<environment>', 'its name')
        .argument('[names...]', 'of containers, or host, shells, platform; every container by default')
        .addOption(
          new Option('--since <time>', 'how long ago, such as 30m, 2h or 3d, or a time such as 2026-11-28T10:00')
            .default('1h')
            .argParser(since),
        )
        .option('--follow', 'go on with the lines that come, until Ctrl-C', false)
        .option('--grep <text>', 'only lines that contain this text, or match this filter pattern of CloudWatch Logs')
        .option('--output <folder>', 'the synthesised output', OUTPUT),
    ).action((environment: string, names: readonly string[], options: LogsOptions) =>
      run(async (context) => (await import('./logs.ts')).showLogsOf(context, environment, names, options)),
    );
  },
};

/** The text itself: when it is read, the time counts from then. */
function since(text: string): string {
  if (/^\d+[smhd]$/.test(text) || (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)))) return text;
  throw new InvalidArgumentError('Allowed: a number with s, m, h or d, such as 2h, or a time such as 2026-11-28T10:00.');
}
