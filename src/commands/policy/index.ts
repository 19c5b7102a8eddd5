/** `npm run policy`: the policy gate. */
import { Option } from 'commander';
import { environmentsArgument, type Command } from '../../cli/command';
import type { PolicyOptions } from './policy';

export const policy: Command = {
  name: 'policy',
  usage: '-- [options] [environments...]',
  summary: "Judges the synthesised Terraform by checkov and by Terrace's own rules; fails on findings without an exception.",
  help: `Exit code: 0 nothing is unexplained, 1 something is, 2 wrong usage, 3 checkov is unavailable on this machine.
More: docs/policy.md`,
  register: (parser, run) => {
    parser
      .addArgument(environmentsArgument())
      .option('--from <folder>', 'judge an earlier synthesis instead of synthesising now')
      .option('--own', 'only our own rules, which need no Python', false)
      .addOption(
        new Option('--format <format>', 'the format of the report').choices(['text', 'markdown', 'json']).default('text'),
      )
      .action((patterns: readonly string[], options: PolicyOptions) =>
        run(async (context) => (await import('./policy.ts')).checkPolicies(context, patterns, options)),
      );
  },
};
