/** The rule about secrets in plain text, over every text of a description. */
import { credentialIn, plainSecret, plainSecretInCommand, type AcceptedText } from '../calculations/plain-secrets';
import { formatPath } from '../problems/paths';
import type { ParsedEnvironment } from '../schema/environment';
import { isAcknowledged } from './acknowledgement';
import { defineRule, type Finding } from './rule';

/** How a place gets a secret in another way. */
interface Advice {
  readonly allowed: string;
  readonly fix: string;
}

type Path = readonly PropertyKey[];

export const nothingInPlainText = defineRule({
  id: 'plain-secret',
  severity: 'risk',
  summary: 'No text contains a secret: it would be in the repository, in the plan and in the state.',
  reads: [],
  // Whatever can be read: a section with another problem does not hide a secret.
  check: (environment) => placesIn(environment).map(findingAt),
});

/** The texts whose findings the environment acknowledges: the policies over its stacks accept them too. */
export function acceptedTexts(environment: ParsedEnvironment): readonly AcceptedText[] {
  if (!Object.hasOwn(environment.acknowledge, nothingInPlainText.id)) return [];
  return placesIn(environment)
    .filter((place) => isAcknowledged(environment.acknowledge, nothingInPlainText, findingAt(place)))
    .flatMap(({ path, words }) => words.map((text) => ({ name: String(path.at(-1)), text })));
}

/** Where a secret is. */
interface Place {
  readonly path: Path;
  /** What it is, without the value. */
  readonly what: string;
  /** The text, or the words of a command. */
  readonly words: readonly string[];
}

function placesIn(environment: object): readonly Place[] {
  const found: Place[] = [];
  for (const [section, value] of Object.entries(environment)) if (section !== 'acknowledge') addPlaces(found, value, [section]);
  return found;
}

/** Fields that hold a program with its arguments, or a line of a shell. */
const COMMANDS: ReadonlySet<PropertyKey> = new Set(['command', 'entryPoint', 'buildCommand']);

/** Fields that are names and values which a person chooses. */
const NAMED: ReadonlySet<PropertyKey> = new Set(['environment', 'tags', 'parameters']);

/** @param path of the value: one list for the whole description, which has thousands of values */
function addPlaces(found: Place[], value: unknown, path: PropertyKey[]): void {
  const words = wordsAt(value, path);
  if (words !== undefined) {
    const what = secretIn(words, path);
    if (what !== undefined) found.push({ path: [...path], what, words });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    path.push(Array.isArray(value) ? Number(name) : name);
    addPlaces(found, inner, path);
    path.pop();
  }
}

/** The text, or the words of a command; undefined for any other value. */
function wordsAt(value: unknown, path: Path): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value) || !COMMANDS.has(path.at(-1) ?? '')) return undefined;
  return value.every((word): word is string => typeof word === 'string') ? value : undefined;
}

function secretIn(words: readonly string[], path: Path): string | undefined {
  const field = path.at(-1) ?? '';
  if (COMMANDS.has(field)) return plainSecretInCommand(words);
  const [text = ''] = words;
  return NAMED.has(path.at(-2) ?? '') ? plainSecret(String(field), text) : credentialIn(text);
}

function findingAt({ path, what }: Place): Finding {
  return { path: formatPath(path), received: `${what} (not shown)`, ...adviceFor(path) };
}

function adviceFor(path: Path): Advice {
  const [section] = path;
  const name = String(path.at(-1));
  const secret = nameOf(name);
  if (path.some((segment) => COMMANDS.has(segment)) && section !== 'frontends')
    return {
      allowed: 'a command without secrets: processes and the console of AWS show it',
      fix: 'declare it under `secrets`, take it into a variable of `environment`, and let the program or the shell read the variable',
    };
  switch (section) {
    case 'services':
    case 'workers':
    case 'jobs':
      return {
        allowed: "{ secret: '<name>' } or { databaseRole, key } for a secret value",
        fix: `declare it under \`secrets\`: { '${secret}': { description: '...' } }, write { secret: '${secret}' } here, and put the value with the command in the output set_secret_${secret} (docs/secrets.md)`,
      };
    case 'builders':
      return {
        allowed: 'a value that is not secret: CodeBuild shows it',
        fix: 'declare it under `secrets` with a `name`, permit the builder { secretPath, access: "read" }, and read it in the build specification',
      };
    case 'frontends':
      return {
        allowed: 'a value that is not secret: it can become part of the files that visitors download',
        fix: 'declare it under `secrets` and let a service use it for the site',
      };
    default:
      return {
        allowed: 'text without secrets: everybody who may read the configuration of the account sees it',
        fix: 'remove it, and declare it under `secrets` if a container needs it',
      };
  }
}

/** `STRIPE_API_KEY` as `stripe-api-key`. */
function nameOf(variable: string): string {
  return variable
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 30);
}
