/** An environment with previews that uses everything that a preview has of its own. */
import type { EnvironmentInput } from '../../src/config';
import { parsePreview, type PreviewRequest, type ResolvedPreview } from '../../src/config';
import { PreviewStack } from '../../src/stacks/preview-stack';
import { changed, type Change } from './rich';
import { synthApp, type RootModule } from './synth';

/** The name of its load balancer's first host. */
export const HOST = 'api.dev.shop.example';

/** The description. @param change one change of it */
export function previewed(change: Change = () => undefined): EnvironmentInput {
  return changed((e) => {
    e.name = 'shop-dev';
    e.domain.names = [HOST, 'dev.shop.example'];
    e.secrets.jwt.value = 'generated';
    e.services.api.mounts = [];
    e.services.api.permissions.push({ queue: 'work', access: 'send' });
    e.services.api.routes = [{ priority: 10, host: HOST, paths: ['/api/*'] }, { paths: ['/public/*'] }, {}];
    e.services.api.environment.DATABASE_URL = { databaseRole: 'app', key: 'url' };
    e.jobs.migrate = { image: 'api', vcpu: 0.25, memoryMib: 512, environment: { URL: { databaseRole: 'app', key: 'url' } } };
    e.preview = { jobs: ['migrate'], images: { api: 'pr-{number}' } };
    change(e);
  });
}

export const previewOf = (number = 12, change?: Change, request: Omit<PreviewRequest, 'number'> = {}): ResolvedPreview =>
  parsePreview(previewed(change), { number, ...request });

/** The module of a preview. */
export function previewModule(preview: ResolvedPreview): RootModule {
  const modules = Object.values(synthApp((app) => void new PreviewStack(app, preview)));
  const [module] = modules;
  if (module === undefined || modules.length !== 1) throw new Error(`a preview has ${modules.length} stacks`);
  return module;
}
