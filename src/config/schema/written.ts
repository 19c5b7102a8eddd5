/**
 * What people write, as types that follow from the schema: every list and object may be read-only, and the names of things that an
 * environment declares are known where it refers to them. Nothing here exists at run time.
 */
import type { z } from 'zod';

/** Marks the type of a text that refers to something declared elsewhere in the environment. */
declare const reference: unique symbol;

/** A name of an entry of `To`, not known to the compiler. */
interface NameOf<To> {
  readonly [reference]?: readonly ['', To, ''];
}

/** Such a name between two fixed parts. */
interface NameWithin<Before, To, After> {
  readonly [reference]?: readonly [Before, To, After];
}

type Mark<To, Before, After> = Before extends '' ? NameOf<To> : NameWithin<Before, To, After>;

/**
 * The names of what an environment declares. Each is the name of a property, at any depth, that holds declarations by name:
 * `images` for `images`, `roles` for `database.roles`.
 */
export interface Declared {
  readonly images: string;
  readonly buckets: string;
  readonly queues: string;
  readonly secrets: string;
  readonly fileSystems: string;
  readonly accessPoints: string;
  readonly roles: string;
  readonly replicas: string;
  readonly services: string;
  readonly workers: string;
  readonly jobs: string;
  readonly nodeGroups: string;
}

/**
 * A text that refers to an entry of `To`: its name, or its name between two fixed parts, as in `bucket.uploads.name`.
 * `Lowercase` accepts nothing more: it makes the compiler keep the text of a name that it checks by `satisfies`.
 */
export type Reference<To extends keyof Declared, Before extends string = '', After extends string = ''> = Before extends ''
  ? (string & NameOf<To>) | (Lowercase<string> & NameOf<To>)
  : `${Before}${string}${After}` & NameWithin<Before, To, After>;

/** The schema of such a text. What is declared is checked by the rules. */
export type ReferenceSchema<To extends keyof Declared, Before extends string = '', After extends string = ''> = z.ZodType<
  `${Before}${string}${After}`,
  Reference<To, Before, After>
>;

type Plain = string | number | boolean | undefined;

/** The same, at every depth, without a way to change it; so a type that accepts what is read-only. */
export type DeepReadonly<T> = T extends Plain ? T : { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** The same, with any field left out. */
export type Part<T> = T extends Plain | readonly unknown[] ? T : { readonly [K in keyof T]?: Part<T[K]> };

/**
 * The same, and every reference is one of the declared names.
 *
 * A reference whose text the compiler does not know (in a part with a declared type, such as `Service`) is accepted as well: it
 * has a property in common with its mark, which a text in quotes has not.
 */
export type Referring<T, D extends Declared> = T extends Plain
  ? typeof reference extends keyof T
    ? Resolved<T, D>
    : T
  : { readonly [K in keyof T]: K extends keyof Declared ? Declaration<T[K], D, D[K]> : Referring<T[K], D> };

type Resolved<T, D extends Declared> = T extends {
  readonly [reference]?: readonly [infer Before extends string, infer To extends keyof Declared, infer After extends string];
}
  ? `${Before}${NoInfer<D[To]>}${After}` | Mark<To, Before, After>
  : never;

/** A property that declares entries by name. The compiler reads their names from it. */
type Declaration<T, D extends Declared, Name extends string> =
  T extends Readonly<Record<string, infer Entry>>
    ? string extends keyof T
      ? { readonly [K in Name]?: Referring<Entry, D> }
      : Referring<T, D>
    : Referring<T, D>;
