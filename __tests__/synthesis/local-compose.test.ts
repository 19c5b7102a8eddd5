/** The containers of an environment on a developer's machine. */
import { parse } from 'yaml';
import { parseEmulated } from '../../src/config';
import { renderCompose } from '../../src/synthesis/local-compose';
import { LOCAL } from '../support/shop';

describe("PostgreSQL on a developer's machine", () => {
  const volumeOf = (version: string): unknown =>
    parse(renderCompose(parseEmulated({ ...LOCAL, database: { version, name: 'shop', user: 'shop', password: 'text' } })))
      .services.postgres.volumes;

  it('has its files where the image of its version looks for them', () => {
    for (const version of ['16', '17-alpine']) expect(volumeOf(version)).toEqual(['postgres_data:/var/lib/postgresql/data']);
    for (const version of ['18', '18.1-alpine', 'latest'])
      expect(volumeOf(version)).toEqual(['postgres_data:/var/lib/postgresql']);
  });
});
