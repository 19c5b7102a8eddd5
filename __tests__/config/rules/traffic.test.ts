/** Who may call whom and connect where: what a person may not write, and what is worth a warning. */
import { parseEnvironment } from '../../../src/config';
import { acknowledged } from '../../support/acknowledged';
import { problemsOf } from '../../support/problems';
import { testRefusals } from '../../support/refusals';
import { changed } from '../../support/rich';
import { kubernetes } from './refused-inputs';
import { ACCEPTED_TRAFFIC, called, REFUSED_TRAFFIC, WARNED_TRAFFIC } from './traffic-inputs';

const warnings = (input: unknown) => parseEnvironment(input).warnings.map(({ rule }) => rule);

describe('calls and connections', () => {
  testRefusals(REFUSED_TRAFFIC, ACCEPTED_TRAFFIC);

  it.each(WARNED_TRAFFIC)('%s: accepted with a warning, until it is acknowledged', (rule, change, without) => {
    const input = changed(change);
    expect(warnings(input)).toEqual([rule]);
    input.acknowledge = acknowledged(parseEnvironment(input).warnings[0]?.accept, 'known and wanted here');
    expect(warnings(input)).toEqual([]);
    expect(warnings(changed(without))).toEqual([]);
  });

  it('a broken service is not reported as missing by those that call it or that it calls', () => {
    const input = changed((e) => {
      called(e, 'api', 'runner').port = 70000;
      e.services.api.callers = ['reports'];
      e.services.api.environment.R = { from: 'service.reports.url' };
    });
    expect(problemsOf(input).map(({ path }) => path)).toEqual(['services.reports.port']);
  });

  it('a service with callers needs no command on Kubernetes, where the kubelet requests its path', () => {
    const change = (e: any) => {
      kubernetes(e);
      const reports = called(e, 'api');
      reports.mounts = [];
      delete reports.health.command;
    };
    expect(warnings(changed(change))).not.toContain('caller-health');
  });
});

describe('the destinations of a container', () => {
  const partner = { cidr: '203.0.113.10/32', port: 22 };
  const other = { cidr: '198.51.100.0/24', port: 8443 };
  const egressOf = (change: (e: any) => void) => {
    const { services, workers, jobs } = parseEnvironment(changed(change)).workloads;
    return Object.fromEntries([...services, ...workers, ...jobs].map(({ key, egress }) => [key, egress]));
  };

  it('are those of the environment unless it has its own', () => {
    expect(
      egressOf((e) => {
        e.network.egress = [partner];
        e.workers.runner.egress = [other];
        e.jobs.sync.egress = [];
      }),
    ).toEqual({ api: [partner], runner: [other], sync: [], 'database-init': [] });
  });

  it('are none by default', () => {
    expect(egressOf(() => undefined)).toEqual({ api: [], runner: [], sync: [], 'database-init': [] });
  });
});
