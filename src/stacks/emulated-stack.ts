/** The only stack of an environment on a developer's machine: buckets and secrets in an emulator. */
import type { App } from 'cdktf';
import type { ResolvedEmulated } from '../config';
import { environmentStateKey } from '../config/names';
import { ApplicationSecret, putSecretCommand } from '../modules/secrets/application-secret';
import { Buckets } from '../modules/storage/buckets';
import type { DataHandover } from '../contracts/handovers';
import { Handover } from '../terraform/handover';
import { outputName } from '../terraform/output-name';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

/** The account id of LocalStack and other emulators. */
const EMULATED_ACCOUNT = '000000000000';

/** `<environment>-data`: publishes buckets and secrets under the names that the data stack uses. */
export class EmulatedStack extends TerraceStack {
  public readonly handover: Handover<Pick<DataHandover, 'buckets' | 'secrets'>>;

  constructor(
    app: App,
    private readonly environment: ResolvedEmulated,
  ) {
    const props = stackProps(environment);
    super(app, props);
    this.handover = new Handover(this, { buckets: this.createBuckets(), secrets: this.createSecrets() });
  }

  private createBuckets(): DataHandover['buckets'] {
    const { buckets } = this.environment;
    return new Buckets(this, 'bucket', { buckets, accountId: EMULATED_ACCOUNT, protect: false }).handover;
  }

  private createSecrets(): DataHandover['secrets'] {
    const { identity, endpoint, secrets } = this.environment;
    const entries = secrets.map((secret) => {
      const { arn } = new ApplicationSecret(this, `secret-${secret.key}`, { ...secret, protect: false });
      if (secret.value === 'manual') {
        this.addOutput(
          `set_secret_${outputName(secret.key)}`,
          `Run this once, with values for trying out: ${secret.description}`,
          putSecretCommand(identity.region, secret, endpoint),
        );
      }
      return [secret.key, { arn }] as const;
    });
    return Object.fromEntries(entries);
  }
}

/** State in a file: an emulator loses its contents when it stops, so there is nothing to share. */
function stackProps({ identity, endpoint }: ResolvedEmulated): TerraceStackProps {
  return {
    state: {
      backend: { kind: 'local' },
      stackId: `${identity.environment}-data`,
      stateKey: environmentStateKey(identity.shortName, 'data'),
    },
    region: identity.region,
    tags: identity.tags,
    emulator: endpoint,
  };
}
