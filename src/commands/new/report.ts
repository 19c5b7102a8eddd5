/** What `npm run new` prints: the files, what to know about them, and the next steps. Pure. */
import { bootstrapStackId } from '../../config/names';
import type { Answers } from './answers';
import type { FoundWarning } from './check';
import type { Removal } from './samples';

/** A file that is written. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly about: string;
}

export interface Outcome {
  /** None when only samples are removed. */
  readonly answers?: Answers;
  readonly files: readonly NewFile[];
  readonly warnings: readonly FoundWarning[];
  readonly removals: readonly Removal[];
  readonly isDryRun: boolean;
}

export function reportText({ answers, files, warnings, removals, isDryRun }: Outcome): string {
  const width = Math.max(...files.map(({ path }) => path.length), 0);
  if (answers === undefined && removals.length === 0) return 'There are no sample systems here.';
  return [
    ...removals.map(({ path, text }) => `${text === undefined ? 'removed' : 'changed'}  ${path}`),
    ...files.map(({ path, about }) => `${path.padEnd(width)}  ${about}`),
    ...warnings.map(({ environment, path, message }) => `warning  ${environment}: ${path}: ${message}`),
    ...(answers === undefined ? [] : ['', ...nextSteps(answers)]),
    ...(isDryRun ? ['', ...files.flatMap(({ path, text }) => [`--- ${path}`, text]), 'Nothing was written.'] : []),
  ].join('\n');
}

export function reportJson({ answers, files, warnings, removals, isDryRun }: Outcome): string {
  return JSON.stringify(
    {
      written: !isDryRun,
      files: files.map(({ path, text }) => ({ path, text })),
      removed: removals.map(({ path, text }) => ({ path, wholly: text === undefined })),
      warnings,
      next: answers === undefined ? [] : nextSteps(answers).slice(1),
    },
    null,
    2,
  );
}

/** From the checks to the first deployment. */
function nextSteps({ system, environments, backend }: Answers): readonly string[] {
  const [first] = environments;
  const example = `${system}-${first?.shortName ?? ''}`;
  return [
    'Next',
    `  read    environments/${system}: each choice can be changed, and every field is in docs/reference`,
    `  check   npm run synth -- '${system}-*' && npm run typecheck`,
    '  record  npm run lock && npm run docs      the addresses that must not be lost, and the generated pages; commit both',
    `  judge   npm run policy -- '${system}-*'`,
    `  plan    TERRACE_BACKEND=local npm run synth -- ${example}, then in cdktf.out/stacks/${example}-network:`,
    '          terraform init && terraform plan',
    ...(backend.kind === 's3'
      ? [`  deploy  npm run deploy -- ${bootstrapStackId(system)}      the state store, once: docs/bootstrap.md`]
      : []),
    `  ${backend.kind === 's3' ? '      ' : 'deploy'}  npm run deploy -- ${example}      says which secrets and images are missing: docs/deploy.md`,
  ];
}
