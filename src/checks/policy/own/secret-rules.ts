/** Rules about secrets in the JSON itself. */
import { isObject, resourcesOf, type Block, type RootModule } from '../../../terraform/root-module';
import type { Judgement, OwnRule } from './rule';
import { credentialIn } from '../../../config/calculations/plain-secrets';
import { isAccepted, withoutAccepted } from './accepted-texts';

export const SECRET_RULES: readonly OwnRule[] = [
  {
    id: 'OWN_LITERAL_PASSWORD',
    name: 'No argument holds a literal password or secret',
    heldAt: 'synth',
    judge: (module, { accepted }) =>
      eachResource(module, (type, path, value) =>
        isAccepted(accepted, { name: path.at(-1) ?? '', value }) ? undefined : literalSecret(type, path, value),
      ),
  },
  {
    id: 'OWN_WRITE_ONLY_EPHEMERAL',
    name: 'Write-only arguments get an ephemeral value',
    heldAt: 'synth',
    judge: (module) => eachResource(module, (_type, path, value) => notEphemeral(path, value)),
  },
  {
    id: 'OWN_CREDENTIAL_SHAPE',
    name: 'No string has the form of a credential',
    heldAt: 'synth',
    judge: (module, { accepted }) =>
      eachResource(module, (_type, path, value) => {
        const what = credentialIn(withoutAccepted(accepted, value));
        return what && `${path.join('.')} holds ${what}`;
      }),
  },
];

/** Arguments whose value is a secret, by their name. */
const SECRET_ARGUMENT =
  /^(password|passwd|master_password|admin_password|master_user_password|auth_token|secret_string|secret_binary|secret_key|private_key|client_secret|api_token|api_key|token|engine_auth_token|connection_string)$/;

/** Arguments whose content is not judged: tags, labels and descriptions. */
const NOT_SECRET = new Set(['//', 'tags', 'tags_all', 'labels', 'annotations', 'description']);

function literalSecret(type: string, path: readonly string[], value: string): string | undefined {
  const name = path.at(-1) ?? '';
  const isSecure = type === 'aws_ssm_parameter' && (name === 'value' || name === 'insecure_value');
  if (isSecure) return undefined;
  return SECRET_ARGUMENT.test(name) && value !== '' && !value.includes('${') ? `${path.join('.')} is a literal` : undefined;
}

/** Any other value than an ephemeral one, or a variable, is in the plan or in the JSON itself. */
function notEphemeral(path: readonly string[], value: string): string | undefined {
  const argument = path.find((part) => part.endsWith('_wo'));
  if (argument === undefined) return undefined;
  return /\$\{.*\b(ephemeral|var)\./s.test(value) ? undefined : `${path.join('.')} is not an ephemeral value`;
}

/** Judges every string of every resource, and reports the first problem of each. */
function eachResource(
  module: RootModule,
  problemOf: (type: string, path: readonly string[], value: string) => string | undefined,
): readonly Judgement[] {
  return resourcesOf(module).map(({ type, address, block }) => ({
    address,
    problem: secureParameter(type, block, problemOf) ?? firstProblem(block, [], (path, value) => problemOf(type, path, value)),
  }));
}

/** A parameter is a secret because of its type. */
function secureParameter(
  type: string,
  { type: kind, value }: Block,
  problemOf: (type: string, path: readonly string[], value: string) => string | undefined,
): string | undefined {
  if (type !== 'aws_ssm_parameter' || kind !== 'SecureString' || typeof value !== 'string') return undefined;
  return problemOf('', ['password'], value) === undefined ? undefined : 'value is a literal, and the parameter is a SecureString';
}

function firstProblem(
  value: unknown,
  path: readonly string[],
  problemOf: (path: readonly string[], value: string) => string | undefined,
): string | undefined {
  if (typeof value === 'string') return problemOf(path, value);
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((inner) => ['', inner] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  for (const [key, inner] of entries) {
    if (NOT_SECRET.has(key)) continue;
    const problem = firstProblem(inner, key === '' ? path : [...path, key], problemOf);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
