/** The variables of containers, by the source of their values. */
import type { TokenLogin } from '../calculations/token-logins';
import type { Entry } from './readonly';

/** A fact of the environment that a variable is taken from. */
export type Reference =
  | Extract<Entry<'services'>['environment'][string], { readonly from: unknown }>['from']
  /** The user name of a role that logs in with an IAM token. */
  | TokenLogin;

/** Where a secret variable comes from. */
export type SecretSource =
  | { readonly kind: 'secret'; readonly secret: string; readonly key?: string }
  | { readonly kind: 'database-role'; readonly role: string; readonly key: 'username' | 'password' | 'url' }
  /** The master login: only the job `database-init` reads it. */
  | { readonly kind: 'database-master'; readonly key: 'username' | 'password' };

/** The variables of a container, by the source of their values. */
export interface ResolvedVariables {
  readonly plain: Readonly<Record<string, string>>;
  readonly references: Readonly<Record<string, Reference>>;
  readonly secrets: Readonly<Record<string, SecretSource>>;
}
