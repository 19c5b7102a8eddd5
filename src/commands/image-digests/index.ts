/** `npm run image-digests`: the digests of the third-party images that Terrace runs. */
import type { Command } from '../../cli/command';
import type { ImageDigestsOptions } from './image-digests';

export const imageDigests: Command = {
  name: 'image-digests',
  usage: '-- [options]',
  summary: 'Reports which third-party images have a digest; --update asks their registries and records it.',
  help: 'Exit code: 0 all have one, 1 one has none, 2 wrong usage, 3 a registry cannot be reached. More: docs/images.md',
  register: (parser, run) => {
    parser
      .option('--update', 'ask the registries, and write src/config/tables/image-digests.json', false)
      .option('--mirror <url>', 'ask this registry instead, such as http://localhost:5000')
      .action((options: ImageDigestsOptions) =>
        run(async (context) => (await import('./image-digests.ts')).checkImageDigests(context, options)),
      );
  },
};
