/** First plans by the real Terraform and the real provider: placeholders pass what the provider checks while it plans. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClients } from '../../../src/aws/clients';
import type { Schemas } from '../../../src/commands/tryout/prune';
import { planFirst } from '../../../src/operations/first-plan/plan-first';
import { run } from '../../../src/synthesis/run';
import { boxed, boxSection } from '../../support/boxed';
import { exampleFile } from '../../support/command';
import { forOlderProvider, olderProvider, PlanningEmulator } from '../../support/planning-emulator';
import { SHOP } from '../../support/shop';
import { describeWithMoto } from '../../support/terraform';

/** The emulator has the parameters of Amazon Linux, and none of Ubuntu. */
const FILES = {
  'shop-dev': SHOP['shop-dev']!,
  'shop-box': exampleFile(boxed({ name: 'shop-box', box: boxSection({ operatingSystem: 'amazon-linux-2023' }) })),
};

describeWithMoto('a first plan', () => {
  let output: string;
  let schemas: Schemas | undefined;
  let emulator: PlanningEmulator;
  const before = { ...process.env };

  beforeAll(async () => {
    output = join(mkdtempSync(join(tmpdir(), 'terrace-first-real-')), 'cdktf.out');
    schemas = await olderProvider();
    if (schemas === undefined) process.stderr.write('skipped, because TERRACE_PLUGIN_DIR has no provider of AWS: a first plan\n');
    emulator = await PlanningEmulator.start(['shop.example']);
    Object.assign(process.env, emulator.env);
    const progress = { write: () => undefined };
    await run({ files: FILES, selected: Object.keys(FILES), outdir: output, format: 'json', progress, keepEarlier: false });
  }, 120_000);
  afterAll(() => {
    emulator.stop();
    process.env = before;
    rmSync(join(output, '..'), { recursive: true, force: true });
  });

  const plan = async (stack: string) => {
    if (schemas === undefined) return undefined;
    const [known, url] = [schemas, emulator.url];
    const [planned] = await planFirst([stack], {
      output,
      env: emulator.env,
      aws: new AwsClients({ region: 'eu-west-1', endpoint: url }),
      isProtected: () => true,
      progress: () => undefined,
      change: (module) => forOlderProvider(module, url, known),
    });
    return planned;
  };

  it.each(['shop-dev-compute-fargate', 'shop-box-compute-box'])(
    'of %s only creates, although nothing that it reads is deployed',
    async (stack) => {
      const planned = await plan(stack);
      if (planned === undefined) return;
      expect('reason' in planned ? planned.reason : '').toBe('');
      expect(planned).toMatchObject({ status: 'planned', verdict: { passed: true } });
      if (planned.status !== 'planned') return;
      expect(planned.changes.length).toBeGreaterThan(10);
      expect(new Set(planned.changes.map(({ action }) => action))).toEqual(new Set(['create']));
      expect(planned.assumptions.filter(({ invented }) => invented.length > 0).length).toBeGreaterThan(2);
    },
    600_000,
  );
});
