/** The health check of PostgreSQL's container, against a real server with the host's own pg_hba.conf. */
import { parse } from 'yaml';
import { renderBundle } from '../../../../src/tiers/box/host/render';
import { WITH_CONTAINERS, WITH_PACKAGES } from '../../../support/host-examples';
import { HostRoot, run, toolTest } from '../../../support/host-tools';
import { PostgresServer, postgresPrograms } from '../../../support/postgres-server';

const programs = postgresPrograms();

toolTest(
  'succeeds, and leaves no rejected login in the log, unlike one as the superuser',
  programs === undefined ? ['initdb'] : [],
  async () => {
    const root = new HostRoot();
    root.install(renderBundle(WITH_PACKAGES));
    root.install(renderBundle(WITH_CONTAINERS).filter(({ path }) => path.endsWith('/pg_hba.conf')));
    const server = await PostgresServer.start(root);
    const log = () => root.read('/data/postgres/log');
    const [, line] = parse(root.translate(composeFile())).services.postgres.healthcheck.test as [string, string];
    const ask = (command: string) => run('sh', ['-c', `${programs}/${command} --port=${server.port}`]).status;
    try {
      expect(ask(line)).toBe(0);
      expect(log()).not.toContain('FATAL');
      ask(line.replace(/--username=\S+/, '--username=postgres'));
      expect(log()).toContain('FATAL');
    } finally {
      server.stop();
      root.remove();
    }
  },
);

function composeFile(): string {
  return renderBundle(WITH_CONTAINERS).find(({ path }) => path.endsWith('/compose.yaml'))!.content;
}
