/** `npm run manifests`: the Kubernetes objects of environments as plain YAML. */
import { environmentsArgument, type Command } from '../../cli/command';
import { OUTPUT } from '../../synthesis/output';
import type { ManifestsOptions } from './manifests';

export const manifests: Command = {
  name: 'manifests',
  usage: '-- [options] [environments...]',
  summary: 'Writes the Kubernetes objects of the workloads stack as YAML; ${NAMES} replace values that only a deployment knows.',
  help: 'Exit code: 0 written, 1 an environment is invalid, or none runs on Kubernetes, 2 wrong usage. More: docs/workloads.md',
  register: (parser, run) => {
    parser
      .addArgument(environmentsArgument('names or globs; every environment of the Kubernetes tier by default'))
      .option('--stdout', 'write to standard output instead of files', false)
      .option('-o, --output <folder>', 'the folder to write below', OUTPUT)
      .action((patterns: readonly string[], options: ManifestsOptions) =>
        run(async ({ files, io }) => (await import('./manifests.ts')).writeManifests(files, patterns, options, io)),
      );
  },
};
