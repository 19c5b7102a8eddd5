/** Parsed input to resolved environment: the one place where defaults that depend on other fields are filled. Pure. */
import { environmentPath, lockTableName, previewSecretName, shortEnvironmentName } from '../names';
import type { Backend, Identity, ResolvedEnvironment } from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';
import { TIER_POLICIES } from '../tiers/registry';
import { resolveCost } from './cost';
import { resolveData } from './data';
import { resolveDomain } from './domain';
import { resolveEdge } from './edge';
import { resolveNetwork } from './network';
import { resolveObservability } from './observability';
import { resolveWorkloads } from './workloads';

/**
 * Fills every default that depends on another field.
 * @param parsed input that has passed the schema and the rules
 */
export function resolve(
  parsed: ParsedEnvironment,
  { warnings, acceptedTexts }: Pick<ResolvedEnvironment, 'warnings' | 'acceptedTexts'>,
): ResolvedEnvironment {
  const workloads = resolveWorkloads(parsed);
  return {
    identity: resolveIdentity(parsed),
    protect: parsed.protect,
    sleep: parsed.sleep && { ...parsed.sleep, parameterName: `${environmentPath(parsed)}/sleep` },
    backend: resolveBackend(parsed.backend),
    delivery: parsed.delivery,
    network: resolveNetwork(parsed),
    domain: resolveDomain(parsed),
    data: resolveData(parsed, workloads),
    workloads,
    tier: TIER_POLICIES[parsed.tier].resolve(parsed),
    nextTier: parsed.nextTier && TIER_POLICIES[parsed.nextTier].resolve(parsed),
    edge: resolveEdge(parsed),
    observability: resolveObservability(parsed),
    cost: resolveCost(parsed),
    preview: parsed.preview && { ...parsed.preview, secrets: previewSecrets(parsed) },
    warnings,
    acceptedTexts,
  };
}

/** A preview lives shorter than a person would need to set a secret, so all previews share these, and none has the environment's. */
function previewSecrets(parsed: ParsedEnvironment): NonNullable<ResolvedEnvironment['preview']>['secrets'] {
  return Object.entries(parsed.secrets).flatMap(([key, { rotation: _, ...secret }]) =>
    secret.value === 'manual'
      ? [{ ...secret, key, name: previewSecretName(parsed, key), description: `Of all previews: ${secret.description}` }]
      : [],
  );
}

function resolveBackend(backend: ParsedEnvironment['backend']): Backend {
  if (backend.kind !== 's3') return backend;
  const { store } = backend;
  return { ...backend, store: { ...store, lockTable: store.lockTable ?? lockTableName(store.name) } };
}

/** Who an environment is, on AWS or on an emulator of it. */
export function resolveIdentity({
  system,
  name,
  region,
  account,
  tags,
}: Pick<ParsedEnvironment, 'system' | 'name' | 'region' | 'account' | 'tags'>): Identity {
  return {
    system,
    environment: name,
    shortName: shortEnvironmentName(system, name),
    path: environmentPath({ system, name }),
    region,
    account,
    tags: { system, environment: name, 'managed-by': 'terrace', ...tags },
  };
}
