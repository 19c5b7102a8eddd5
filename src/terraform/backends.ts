/** Where a stack's state is kept, and how a later stack reads its outputs. */
import { TerraformBackend, TerraformRemoteState } from 'cdktf';
import type { Construct } from 'constructs';
import { stateKeyAlias } from '../config/names';
import type { Backend } from '../config/resolved/environment';

/** Where the state of one stack is. */
export interface StateLocation {
  readonly backend: Backend;
  readonly stackId: string;
  /** `prod/network/terraform.tfstate` */
  readonly stateKey: string;
}

type Attributes = Readonly<Record<string, unknown>>;

/** A file next to `cdktf.json`, relative to `cdktf.out/stacks/<id>`, so that the JSON is the same on every machine. */
function localAttributes(stackId: string): Attributes {
  return { path: `../../../terraform.${stackId}.tfstate` };
}

/** `encrypt` alone would send AES256, which overrides the bucket's KMS default. */
function s3Attributes({ store }: Extract<Backend, { kind: 's3' }>, stateKey: string): Attributes {
  return {
    bucket: store.bucket,
    key: stateKey,
    region: store.region,
    encrypt: true,
    kms_key_id: stateKeyAlias(store.name),
    ...(store.lock === 's3' ? {} : { dynamodb_table: store.lockTable }),
    ...(store.lock === 'dynamodb' ? {} : { use_lockfile: true }),
  };
}

function cloudAttributes({ hostname, organization, project }: Extract<Backend, { kind: 'cloud' }>, stackId: string): Attributes {
  return { hostname, organization, workspaces: { name: stackId, ...(project === undefined ? {} : { project }) } };
}

/**
 * The backend block of a stack. It replaces cdktf's backends, because the one for S3 has no `use_lockfile`, the one for the cloud
 * calls the terraform binary during synth, and the local one writes absolute paths.
 */
export class StackBackend extends TerraformBackend {
  private readonly attributes: Attributes;

  constructor(
    scope: Construct,
    private readonly location: StateLocation,
  ) {
    super(scope, 'backend', location.backend.kind);
    this.attributes = backendAttributes(location);
  }

  /** Not used by Terrace, whose stacks read each other through `Handover`; for code that uses cdktf's references. */
  public override getRemoteStateDataSource(scope: Construct, name: string): TerraformRemoteState {
    return readRemoteState(scope, name, this.location);
  }

  public override toTerraform(): Record<string, unknown> {
    const { kind } = this.location.backend;
    return { terraform: kind === 'cloud' ? { cloud: this.attributes } : { backend: { [kind]: this.attributes } } };
  }

  /** The same for cdktf's HCL renderer, with `workspaces` marked as a block. */
  public override toHclTerraform(): Record<string, unknown> {
    const { kind } = this.location.backend;
    if (kind !== 'cloud') return { terraform: { backend: { [kind]: this.attributes } } };
    const { workspaces, ...settings } = this.attributes;
    return { terraform: { cloud: { ...settings, workspaces: { value: workspaces, isBlock: true, type: 'map' } } } };
  }

  public override toMetadata(): Record<string, unknown> {
    const { backend } = this.location;
    if (backend.kind !== 'cloud') return { backend: backend.kind };
    return { backend: 'cloud', cloud: backend.hostname === 'app.terraform.io' ? 'tfc' : 'tfe' };
  }
}

function backendAttributes({ backend, stackId, stateKey }: StateLocation): Attributes {
  switch (backend.kind) {
    case 's3':
      return s3Attributes(backend, stateKey);
    case 'cloud':
      return cloudAttributes(backend, stackId);
    case 'local':
      return localAttributes(stackId);
  }
}

class RemoteState extends TerraformRemoteState {}

/** Reads another stack's outputs from its state. */
export function readRemoteState(scope: Construct, id: string, location: StateLocation): TerraformRemoteState {
  const { backend, stackId, stateKey } = location;
  switch (backend.kind) {
    case 's3': {
      const { bucket, key, region } = s3Attributes(backend, stateKey);
      return new RemoteState(scope, id, 's3', { bucket, key, region } as never);
    }
    case 'cloud':
      return new RemoteState(scope, id, 'remote', {
        hostname: backend.hostname,
        organization: backend.organization,
        workspaces: { name: stackId },
      } as never);
    case 'local':
      return new RemoteState(scope, id, 'local', localAttributes(stackId));
  }
}
