/** Who may read which secret and bucket. Pure. */
import type { Book } from '../book';
import { matrix, type Section } from '../elements';
import { html, type Part } from '../html';
import { accessOf, type Access } from '../facts/access';

export function accessSection({ environment, modules }: Book): Section | undefined {
  const { accesses, unreadable } = accessOf(environment.identity.environment, modules);
  const secrets = accesses.filter(({ kind }) => kind === 'secret');
  const buckets = accesses.filter(({ kind }) => kind === 'bucket');
  if (accesses.length === 0 && unreadable.length === 0) return undefined;
  return {
    id: 'access',
    title: 'Who may read what',
    lead: 'From the policies of the roles. “At start” means that the secret is put into a variable when the container starts.',
    body: html`${
      secrets.length > 0 &&
      html`<h3>Secrets</h3>
        ${accessMatrix('Secrets', secrets)}`
    }
    ${
      buckets.length > 0 &&
      html`<h3>Buckets</h3>
        ${accessMatrix('Buckets', buckets)}`
    }
    ${unreadable.length > 0 && html`<p>Policies that are known only after deployment: ${unreadable.join(', ')}.</p>`}`,
  };
}

function accessMatrix(caption: string, accesses: readonly Access[]): Part {
  const things = [...new Set(accesses.map(({ what }) => what))].sort();
  const holders = [...new Set(accesses.map(({ who }) => who))].sort();
  return matrix({
    caption,
    corner: 'who ↓ what →',
    columns: things,
    rows: holders.map((who) => ({
      name: who,
      cells: things.map((what) =>
        accesses
          .filter((one) => one.who === who && one.what === what)
          .map(({ how, part }, index) => [
            index > 0 && html`<br />`,
            how.join(', '),
            part !== undefined && html` <small>${part}</small>`,
          ]),
      ),
    })),
  });
}
