/** A data store on the host takes only what the host honours; everything else is refused with the way out. */
import { parseEnvironment } from '../../../src/config';
import { cacheSchema } from '../../../src/config/schema/cache';
import { databaseSchema } from '../../../src/config/schema/database';
import { boxed, moved } from '../../support/boxed';
import { problemsOf } from '../../support/problems';

/** A value of every field that only AWS honours. */
const ONLY_MANAGED: Readonly<Record<'database' | 'cache', Readonly<Record<string, unknown>>>> = {
  database: {
    instanceClass: 'db.r6g.16xlarge',
    storageGb: 5000,
    maxStorageGb: 6000,
    multiAz: true,
    applyImmediately: true,
    backupRetentionDays: 35,
    backupWindow: '02:00-03:00',
    maintenanceWindow: 'sun:04:00-sun:05:00',
    autoMinorVersionUpgrade: false,
    iamAuthentication: true,
    enhancedMonitoringSeconds: 60,
    performanceInsights: false,
    slowStatementMilliseconds: 50,
    parameters: { work_mem: '65536' },
    credentials: { kind: 'rotated-secret', rotateAfterDays: 30 },
    replicas: { reader: {} },
  },
  cache: { nodeType: 'cache.r7g.large', replicas: 1, snapshotRetentionDays: 30 },
};

const FIELDS = (['database', 'cache'] as const).flatMap((section) =>
  Object.entries(ONLY_MANAGED[section]).map(([field, value]) => [`${section}.${field}`, section, field, value] as const),
);

const fieldsOf = (schema: typeof databaseSchema | typeof cacheSchema, placement: 'managed' | 'host'): readonly string[] => {
  const branch = schema.options.find((option) => option.shape.placement.value === placement);
  return Object.keys(branch?.shape ?? {});
};

describe('a data store on the host', () => {
  it.each(FIELDS)('does not take %s, and says where it works', (path, section, field, value) => {
    const problems = problemsOf(boxed({ [section]: { ...boxed()[section], [field]: value } }));
    expect(problems).toEqual([expect.objectContaining({ path, received: `an unknown field "${field}"` })]);
    expect(problems[0]?.fix).toMatch(
      /^only with placement: 'managed' \((?:RDS|ElastiCache)\)(?:: remove it, or choose 'managed'|; on the host.+)$/,
    );
  });

  it.each(FIELDS)('managed by AWS takes %s', (path, section, field, value) => {
    const needed = path === 'database.replicas' ? { credentials: ONLY_MANAGED.database.credentials } : {};
    const changes = { [section]: { ...moved()[section], ...needed, [field]: value } };
    // Rotation needs a way to Secrets Manager.
    expect(problemsOf(moved({ ...changes, network: { cidr: '10.0.0.0/16', zones: 2, nat: 'single' } }))).toEqual([]);
  });

  it('reports every field that only one placement has', () => {
    for (const [section, schema] of Object.entries({ database: databaseSchema, cache: cacheSchema })) {
      const onHost = fieldsOf(schema, 'host');
      const extra = fieldsOf(schema, 'managed').filter((field) => !onHost.includes(field));
      expect(Object.keys(ONLY_MANAGED[section as 'database' | 'cache']).sort()).toEqual([...extra].sort());
    }
  });

  it('has no login that rotates', () => {
    const database = { placement: 'host', version: '16', name: 'shop', roles: { app: { rotateAfterDays: 30 } } };
    expect(problemsOf({ ...boxed(), database })).toEqual([
      expect.objectContaining({ path: 'database.roles.app.rotateAfterDays', fix: expect.stringMatching(/docs\/box-host\.md/) }),
    ]);
  });

  it('is resolved without a trace of what AWS would have', () => {
    const { database, cache } = parseEnvironment(boxed()).data;
    expect(Object.keys(database ?? {}).sort()).toEqual(['hostName', 'name', 'placement', 'roles', 'version']);
    expect(Object.keys(cache ?? {}).sort()).toEqual(['engine', 'evictionPolicy', 'hostName', 'placement', 'purpose', 'version']);
  });
});
