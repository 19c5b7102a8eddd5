/** The commands and addresses that the stacks give to people: outputs with a description; of equal values the last one. Pure. */
import type { Modules } from '../../terraform/root-module';

export interface OutputFact {
  readonly stack: string;
  readonly name: string;
  readonly description: string;
  /** Text, if AWS decides no part of it. */
  readonly value?: string;
}

export interface CommandGroup {
  readonly title: string;
  readonly outputs: readonly OutputFact[];
}

/** The first pattern that matches the name of an output decides. */
const GROUPS: readonly (readonly [title: string, names: RegExp])[] = [
  ['Addresses', /^(url_|try_|address$|dashboard_url|.*_endpoint$|.*dns_name$|.*public_ips?$)/],
  ['Releases', /^(push_image|release_image|redeploy|wait|apply_now|invalidate)/],
  ['Jobs', /^run_/],
  ['Secrets', /^(set_secret|rotate)/],
  ['Backups', /^(backup|restore|drill|snapshot)/],
  ['Access', /^(shell|exec|tunnel|logs?_|kubeconfig|kubectl|configure)/],
  ['Once, after the first deployment', /./],
];

export function commandsOf(modules: Modules): readonly CommandGroup[] {
  const outputs = Object.entries(modules).flatMap(([stack, { output }]) =>
    Object.entries(output ?? {}).flatMap(([name, { description, value }]) =>
      typeof description === 'string' ? [{ stack, name, description, value: knownText(value) }] : [],
    ),
  );
  const isRepeated = ({ value }: OutputFact, index: number): boolean =>
    value !== undefined && outputs.slice(index + 1).some((later) => later.value === value);
  const once = outputs.filter((output, index) => !isRepeated(output, index));
  return GROUPS.flatMap(([title], index) => {
    const members = once.filter(({ name }) => GROUPS.findIndex(([, names]) => names.test(name)) === index);
    return members.length === 0 ? [] : [{ title, outputs: members }];
  });
}

function knownText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const withoutEscapes = value.replaceAll('$${', '').replaceAll('%%{', '');
  return /[$%]\{/.test(withoutEscapes) ? undefined : value.replaceAll('$${', '${').replaceAll('%%{', '%{');
}
