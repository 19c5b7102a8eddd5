/** `npm run new`: describes a new system from answers. */
import { Option } from 'commander';
import type { Command } from '../../cli/command';
import { FLAGS } from './flags';
import type { Given } from './texts';

interface Switches {
  readonly yes: boolean;
  readonly withoutSamples: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly root: string;
}

export const newSystem: Command = {
  name: 'new',
  usage: '-- [system] [options]',
  summary: 'Describes a new system: asks, writes environments/<system>, and lists its environments.',
  help: `What no option answers is asked at a terminal, or has its default with --yes. The result is judged like any environment before a
file is written. Nothing that exists is overwritten.

Examples:
  npm run new
  npm run new -- shop
  npm run new -- shop --yes --domain shop.example --tier dev=box,prod=fargate
  npm run new -- shop --without-samples
  npm run new -- --without-samples

Exit code: 0 written, 1 the result is refused or exists already, 2 wrong usage or missing answers, 3 prettier is missing.
More: docs/environments.md`,
  register: (parser, run) => {
    parser.argument('[system]', 'name of the system: lower-case letters, digits and hyphens');
    for (const { flag, value, text } of FLAGS) parser.option(`--${flag} ${value}`, text);
    parser
      .option('-y, --yes', 'answer with the defaults what no other option answers', false)
      .option('--without-samples', 'take the sample systems out of this checkout, with all that belongs to them', false)
      .option('--dry-run', 'print what would be written, and write nothing', false)
      .option('--json', 'print the result as JSON', false)
      .addOption(new Option('--root <folder>', 'the top of the checkout').default('.').hideHelp())
      .action((system: string | undefined, options: Switches & Readonly<Record<string, unknown>>) =>
        run(async (context) =>
          (await import('./new.ts')).describeNewSystem(context, system, { ...switchesOf(options), given: givenIn(options) }),
        ),
      );
  },
};

function switchesOf({ yes, withoutSamples, dryRun, json, root }: Switches): Switches {
  return { yes, withoutSamples, dryRun, json, root };
}

/** Commander names `--github-ids` githubIds. */
function givenIn(options: Readonly<Record<string, unknown>>): Given {
  const nameOf = (flag: string): string => flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    FLAGS.flatMap(({ flag }) => {
      const text = options[nameOf(flag)];
      return typeof text === 'string' ? [[flag, text]] : [];
    }),
  );
}
