/** The origins of a distribution: the services, and the frontend next to them where it is not a service; or redirects alone. */
import type { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedOrigin } from '../../config/resolved/edge';
import { Amplify } from './amplify';
import type { BasicAuth } from './basic-auth';
import type { OriginPlace } from './distribution';
import { Redirects } from './redirects';
import { StaticSite } from './static-site';

export interface OriginsProps {
  readonly environment: string;
  readonly origins: readonly ResolvedOrigin[];
  readonly region: string;
  readonly protect: boolean;
  /** Asks visitors for a login. @default nothing does */
  readonly basicAuth?: BasicAuth;
  /** How CloudFront reaches the services; asked for where they are an origin. */
  readonly services: (origin: ServicesOrigin) => OriginPlace;
}

export type ServicesOrigin = Extract<ResolvedOrigin, { kind: 'services' }>;

/** Of each kind at most one. */
export interface Origins {
  readonly services?: OriginPlace;
  readonly amplify?: Amplify;
  readonly site?: StaticSite;
  readonly redirects?: OriginPlace;
}

/** Creates the frontend of a distribution; the services exist already. */
export function createOrigins(scope: Construct, props: OriginsProps): Origins {
  const { environment, origins, region, protect, services, basicAuth } = props;
  return origins.reduce<Origins>((created, origin) => {
    switch (origin.kind) {
      case 'services':
        return { ...created, services: services(origin) };
      case 'amplify': {
        const { frontend } = origin;
        return { ...created, amplify: new Amplify(scope, `frontend-${frontend.key}`, { frontend, region }) };
      }
      case 'static-site': {
        const { frontend: site } = origin;
        const name = resourceName(environment, site.key, 'cloudFront');
        return { ...created, site: new StaticSite(scope, `frontend-${site.key}`, { name, site, region, protect, basicAuth }) };
      }
      case 'redirects': {
        const name = resourceName(environment, 'redirects', 'cloudFront');
        const { place } = new Redirects(scope, 'redirecting', { ...origin, name });
        return { ...created, redirects: place };
      }
    }
  }, {});
}
