/** The services' routes as sites of nginx. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { hostSites } from '../../../src/tiers/box/sites';
import { boxed } from '../../support/boxed';

const api = boxed().services!.api!;

describe('sites', () => {
  const sitesOf = (services: EnvironmentInput['services'], names: readonly string[]) =>
    hostSites(parseEnvironment(boxed({ services, domain: { ...boxed().domain!, names: [...names] } })).workloads.services, names);

  test('are one for each served name, paths before the rest, and none for other names', () => {
    const services = {
      api: { ...api, routes: [{ host: 'api.shop.example' }, { host: 'shop.example', paths: ['/api/*', '/health'] }] },
      web: { ...api, port: 3000, routes: [{ host: 'shop.example' }] },
    };
    expect(sitesOf(services, ['shop.example', 'api.shop.example', 'old.shop.example'])).toEqual([
      {
        name: 'shop.example',
        locations: [
          { path: '/api/', port: 8080 },
          { path: '/health', port: 8080 },
          { path: '/', port: 3000 },
        ],
      },
      { name: 'api.shop.example', locations: [{ path: '/', port: 8080 }] },
    ]);
  });

  test('follow priorities as a load balancer does: the first match wins', () => {
    const services = {
      api: { ...api, routes: [{ priority: 20, paths: ['/api/*'] }] },
      beta: { ...api, port: 8081, routes: [{ priority: 10, paths: ['/api/*'] }] },
      web: { ...api, port: 3000, routes: [{}] },
    };
    const one = { ...services, api: { ...services.api, routes: [{ priority: 20, paths: ['/api/v1/*', '/*.png'] }] } };
    expect(sitesOf(one, ['shop.example'])[0]?.locations).toEqual([
      { path: '/api/', port: 8081 },
      { path: '/api/v1/', port: 8080 },
      { path: '/*.png', port: 8080 },
      { path: '/', port: 3000 },
    ]);
  });

  test('have no location behind one that matches everything', () => {
    const services = {
      web: { ...api, port: 3000, routes: [{ priority: 1, host: 'shop.example' }] },
      api: { ...api, routes: [{ priority: 2, paths: ['/api/*'] }] },
    };
    expect(sitesOf(services, ['shop.example'])).toEqual([{ name: 'shop.example', locations: [{ path: '/', port: 3000 }] }]);
  });
});
