/** Policy documents of a change, before and after: who and what is new in them, and which denials are gone. Pure. */
import { canonical, listOf, openStatements, statementsOf } from '../../terraform/open-statements';
import { isObject, type Block } from '../../terraform/root-module';
import { isForeign, principalsOf, servicesOf, trustsAnySubject } from './principals';
import { powersOf } from './powers';
import type { Attributes } from './plan';

/** A change of the documents in one attribute. */
export interface PolicyChange {
  readonly attribute: string;
  /** `Allow` statements for everyone, whom no condition narrows. */
  readonly open: readonly { readonly name: string; readonly actions: readonly string[] }[];
  /** Statements that trust an identity provider for any of its subjects. */
  readonly anySubject: readonly string[];
  /** New principals of other accounts. */
  readonly foreign: readonly string[];
  /** New actions of an identity policy that give more than it says. */
  readonly powers: readonly string[];
  /** Denials that are gone or changed. */
  readonly undenied: readonly string[];
  readonly newPrincipals: readonly string[];
  readonly newActions: readonly string[];
}

interface Statement {
  readonly block: Block;
  readonly name: string;
  readonly identity: string;
}

/** What changes in the policy documents of a resource, by attribute; none when they stay as they are. */
export function policyChanges(
  before: Attributes | undefined,
  after: Attributes | undefined,
  accounts: readonly string[],
): readonly PolicyChange[] {
  const earlier = documentsIn(before);
  const later = documentsIn(after);
  const everywhere = new Set([...earlier.values()].flat().map(({ identity }) => identity));
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((attribute) => {
    const was = earlier.get(attribute) ?? [];
    const is = later.get(attribute) ?? [];
    const added = is.filter(({ identity }) => !everywhere.has(identity));
    const gone = was.filter(({ identity }) => !is.some((statement) => statement.identity === identity));
    // New denials narrow.
    if (gone.length === 0 && added.every(({ block }) => block.Effect === 'Deny')) return [];
    return [changeOf(attribute, was, is, added, gone, accounts)];
  });
}

function changeOf(
  attribute: string,
  was: readonly Statement[],
  is: readonly Statement[],
  added: readonly Statement[],
  gone: readonly Statement[],
  accounts: readonly string[],
): PolicyChange {
  const allowed = added.filter(({ block }) => block.Effect === 'Allow');
  const known = new Set(was.flatMap(({ block }) => (block.Effect === 'Allow' ? namesIn(block) : [])));
  const isNew = (name: string): boolean => !known.has(name);
  const earlierPowers = new Set(was.flatMap(({ block }) => powersOf(block)));
  const isIdentityPolicy = ({ block }: Statement): boolean => block.Principal === undefined && block.NotPrincipal === undefined;
  return {
    attribute,
    open: allowed.flatMap(({ block, name }) => (isOpen(block) ? [{ name, actions: actionsOf(block) }] : [])),
    anySubject: allowed.filter(({ block }) => trustsAnySubject(block)).map(({ name }) => name),
    foreign: unique(
      allowed.flatMap(({ block }) => principalsOf(block)).filter((name) => isForeign(name, accounts) && isNew(name)),
    ),
    powers: unique(allowed.filter(isIdentityPolicy).flatMap(({ block }) => powersOf(block))).filter(
      (power) => !earlierPowers.has(power),
    ),
    undenied: gone
      .filter(({ block }) => block.Effect === 'Deny' && !is.some((other) => deniesAsMuch(other.block, block)))
      .map(({ name }) => name),
    newPrincipals: unique(allowed.flatMap(({ block }) => [...principalsOf(block), ...servicesOf(block)]).filter(isNew)),
    newActions: unique(allowed.flatMap(({ block }) => actionsOf(block)).filter(isNew)),
  };
}

const isOpen = (block: Block): boolean => openStatements(JSON.stringify({ Statement: [block] })).length > 0;

function namesIn(block: Block): readonly string[] {
  return [...principalsOf(block), ...servicesOf(block), ...actionsOf(block)];
}

function actionsOf({ Action: actions, NotAction: except }: Block): readonly string[] {
  return except === undefined ? listOf(actions).map(String) : [`every action but ${listOf(except).map(String).join(', ')}`];
}

/** Whether a denial covers another: the same but for more actions or resources. */
function deniesAsMuch(wide: Block, narrow: Block): boolean {
  if (wide.Effect !== 'Deny') return false;
  const same = (name: string): boolean => canonical(wide[name] ?? null) === canonical(narrow[name] ?? null);
  const includes = (name: string): boolean => {
    const values = new Set(listOf(wide[name]).map(String));
    return values.has('*') || listOf(narrow[name]).every((value) => values.has(String(value)));
  };
  return (
    ['Principal', 'NotPrincipal', 'NotAction', 'NotResource', 'Condition'].every(same) && ['Action', 'Resource'].every(includes)
  );
}

/** Statements by the top-level attribute that holds them, in whatever nested block. */
function documentsIn(attributes: Attributes | undefined): ReadonlyMap<string, readonly Statement[]> {
  const found = Object.entries(attributes ?? {}).map(
    ([name, value]) =>
      [
        name,
        textsIn(value)
          .flatMap((text) => statementsOf(text))
          .map(toStatement),
      ] as const,
  );
  return new Map(found.filter(([, statements]) => statements.length > 0));
}

function toStatement(block: Block, index: number): Statement {
  const name = typeof block.Sid === 'string' && block.Sid !== '' ? block.Sid : `statement ${index + 1}`;
  return { block, name, identity: canonical(block) };
}

/** JSON may write any character of a key as `\\u0053`. */
const MAY_BE_POLICY = /"statement"|\\u00/i;

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return MAY_BE_POLICY.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
