/** What every other state needs first: the state store, GitHub's roles and the account's singletons. */
import { TerraformOutput, type App } from 'cdktf';
import { deploymentGroups, type ResolvedEnvironment, type StoreInUse } from '../config';
import { bootstrapStackId, costAnomaliesName, stateKeyAlias } from '../config/names';
import type { StateStore } from '../config/resolved/environment';
import { ApplyRole } from '../modules/bootstrap/apply-role';
import { AuditTrail } from '../modules/bootstrap/audit-trail';
import { CostAnomalies } from '../modules/bootstrap/cost-anomalies';
import { githubProviderArn } from '../modules/bootstrap/github-trust';
import { PlanRole } from '../modules/bootstrap/plan-role';
import { readableContents } from '../modules/bootstrap/readable-contents';
import { LockTable, StateBucket, StateKey } from '../modules/bootstrap/state-store';
import { storeArns, type StoreArns } from '../modules/bootstrap/store-arns';
import type { StateLocation } from '../terraform/backends';
import { TerraceStack } from '../terraform/terrace-stack';

export interface BootstrapStackProps {
  readonly store: StateStore;
  readonly account?: string;
  /** The environments whose states the store holds. */
  readonly environments: readonly ResolvedEnvironment[];
  readonly tags: Readonly<Record<string, string>>;
  /** Actions of the plan role for types that only extensions of the environments have. @default none */
  readonly refreshActions?: readonly string[];
}

/** The key of bootstrap's own state in the bucket that it creates. */
const OWN_STATE_KEY = 'bootstrap/terraform.tfstate';

/**
 * Creates the stack of a store under the app.
 * @param refreshActions of the plan role, for types that only extensions of the environments have
 */
export function addBootstrap(app: App, { store, account, environments }: StoreInUse, refreshActions?: readonly string[]): void {
  const tags = { 'state-store': store.name, 'managed-by': 'terrace' };
  new BootstrapStack(app, { store, account, environments, tags, refreshActions });
}

/** `bootstrap-<store>`: applied once, by a person with administrator rights. */
export class BootstrapStack extends TerraceStack {
  private readonly arns: StoreArns;

  constructor(
    app: App,
    private readonly props: BootstrapStackProps,
  ) {
    const { store, account, tags } = props;
    super(app, { state: ownState(store), region: store.region, account, tags });
    this.arns = storeArns({
      storeName: store.name,
      account: this.accountId,
      region: store.region,
      bucket: store.bucket,
      lockTable: store.lockTable,
    });
    const keyArn = this.createStateStore();
    this.createGithubRoles(keyArn);
    this.createAuditTrail();
    this.createCostAnomalies();
    this.addStoreOutputs();
  }

  /** @returns the ARN of the key that encrypts states */
  private createStateStore(): string {
    const { bucket, lockTable, name, oldVersionsDays } = this.props.store;
    const key = new StateKey(this, 'state', { alias: stateKeyAlias(name), accountRoot: this.arns.accountRoot });
    new StateBucket(this, 'states', { name: bucket, keyArn: key.arn, oldVersionsDays });
    // Also with lock files: an unused table costs nothing, and the store can return to it.
    new LockTable(this, 'locks', { name: lockTable, keyArn: key.arn });
    return key.arn;
  }

  private createGithubRoles(keyArn: string): void {
    const { arns } = this;
    const { store, environments, refreshActions = [] } = this.props;
    const { github: repository, lock } = store;
    if (repository === undefined) return;
    const providerArn = githubProviderArn(this, 'github', repository.oidcProvider);
    const groups = deploymentGroups(environments);
    const plan = new PlanRole(this, 'plan', {
      name: arns.planRoleName,
      providerArn,
      repository,
      environments: repository.planEnvironments,
      arns,
      keyArn,
      lock,
      statePrefixes: groups.map(({ statePrefix }) => statePrefix),
      contents: readableContents(environments, this.accountId),
      refreshActions,
    });
    const apply = repository.applyEnvironments.map((name) => {
      const group = groups.find((one) => one.name === name);
      if (group === undefined) throw new Error(`the state store ${store.name} has no environment or shared zone "${name}"`);
      return [name, new ApplyRole(this, `apply-${name}`, { group, arns, lock, providerArn, repository }).arn] as const;
    });
    new TerraformOutput(this, 'github_roles', {
      description:
        'The roles of workflows: the value of the repository variable TERRACE_ROLES, by `terraform output -json github_roles`',
      value: { [store.name]: { plan: plan.arn, apply: Object.fromEntries(apply) } },
    });
  }

  private createAuditTrail(): void {
    const { cloudTrail, trailRetentionDays: retentionDays } = this.props.store.singletons;
    if (cloudTrail !== 'create') return;
    const { arn } = new AuditTrail(this, 'audit', { retentionDays, account: this.accountId, arns: this.arns });
    this.addOutput('trail', "The account's audit trail", arn);
    this.addOutput('trail_bucket', 'The bucket of its logs, with object lock', this.arns.trailBucketName);
  }

  private createCostAnomalies(): void {
    const { name, singletons } = this.props.store;
    const { costAnomalies } = singletons;
    if (costAnomalies.kind !== 'create') return;
    new CostAnomalies(this, 'cost-anomalies', { ...costAnomalies, name: costAnomaliesName(name) });
  }

  private addStoreOutputs(): void {
    const { store } = this.props;
    const { stackId } = this.stackProps.state;
    this.addOutput('state_bucket', 'The bucket of the states of all other stacks', store.bucket);
    const migrate = `npm run synth && cd cdktf.out/stacks/${stackId} && terraform init -migrate-state`;
    const nextStep = {
      local: `This state is still a file on this machine. Set ownState: 'bucket' in the store, then: ${migrate}`,
      bucket: `This state is in s3://${store.bucket}/${OWN_STATE_KEY}; deploy the environments`,
    };
    this.addOutput('next_step', 'The next step', nextStep[store.ownState]);
  }
}

/** A file next to `cdktf.json` for the first deployment; afterwards an object in the bucket. */
function ownState(store: StateStore): StateLocation {
  return {
    backend: store.ownState === 'bucket' ? { kind: 's3', store } : { kind: 'local' },
    stackId: bootstrapStackId(store.name),
    stateKey: OWN_STATE_KEY,
  };
}
