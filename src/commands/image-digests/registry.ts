/** The digest of a tag, from a registry that speaks the OCI distribution API; without credentials. */
import { Unavailable } from '../../cli/errors';

export interface TaggedImage {
  /** `https://<host>` */
  readonly registry: string;
  /** The repository inside the registry. */
  readonly path: string;
  readonly tag: string;
}

/** Indexes first: an index covers every platform, a manifest only one. */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const TIMEOUT_MILLISECONDS = 30_000;

/** @throws Unavailable when the registry cannot be reached, refuses, or answers without a digest */
export async function digestOf(image: TaggedImage): Promise<string> {
  const url = `${image.registry}/v2/${image.path}/manifests/${image.tag}`;
  const first = await request(url);
  const answer = first.status === 401 ? await request(url, await anonymousToken(image, first)) : first;
  const digest = answer.headers.get('docker-content-digest');
  if (!answer.ok) throw new Unavailable(`${url} answers ${answer.status}`);
  if (digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Unavailable(`${url} answers without a digest`);
  return digest;
}

async function request(url: string, token?: string): Promise<Response> {
  const headers = { Accept: MANIFEST_TYPES, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
  return reach(url, { method: 'HEAD', headers });
}

/** Public registries give everybody a token for reading; the refusal says where. */
async function anonymousToken({ path }: TaggedImage, refusal: Response): Promise<string> {
  const challenge = refusal.headers.get('www-authenticate') ?? '';
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const realm = fields.get('realm');
  if (!challenge.startsWith('Bearer ') || realm === undefined) {
    throw new Unavailable(`${refusal.url} asks for a login: ${challenge || 'no way is named'}`);
  }
  const url = new URL(realm);
  const service = fields.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', fields.get('scope') ?? `repository:${path}:pull`);
  const answer = await reach(url.href, {});
  const body = answer.ok ? ((await answer.json()) as { readonly token?: string; readonly access_token?: string }) : {};
  const token = body.token ?? body.access_token;
  if (token === undefined) throw new Unavailable(`${url.origin} gives no token: it answers ${answer.status}`);
  return token;
}

async function reach(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Unavailable(`${new URL(url).origin} cannot be reached: ${cause}`);
  }
}
