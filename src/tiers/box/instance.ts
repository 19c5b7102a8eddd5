/**
 * The one host: a network interface that keeps its addresses, an instance on it, and the data volume attached.
 *
 * The Elastic IP belongs to the interface, so that a host has its address from its first packet (boot installs packages),
 * and a new host has the old one's. What replaces the instance: another operating system, subnet or key pair. What does
 * not: another size (stop and start), a newer image, other user data, other configuration.
 */
import { EipAssociation } from '@cdktf/provider-aws/lib/eip-association';
import { Instance } from '@cdktf/provider-aws/lib/instance';
import { NetworkInterface } from '@cdktf/provider-aws/lib/network-interface';
import { VolumeAttachment } from '@cdktf/provider-aws/lib/volume-attachment';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import { machineImage } from './machine-image';

/** What the volume is attached as; Nitro shows it as an NVMe device, and the host finds it by the volume's id. */
const DATA_DEVICE = '/dev/sdf';

/** Containers on a bridge are one hop further from the metadata service than the host. */
const METADATA_HOPS = 2;

export interface BoxInstanceProps {
  /** Shown in the console. */
  readonly name: string;
  readonly box: ResolvedBox;
  /** A public subnet of the volume's zone. */
  readonly subnetId: string;
  readonly securityGroupId: string;
  readonly instanceProfileName: string;
  readonly allocationId: string;
  readonly volumeId: string;
  /** As a Terraform string. Read at the first boot only. */
  readonly userData: string;
  /** The environment's key; without one, the AWS-managed key of EBS. */
  readonly keyArn?: string;
  /** What boot needs: rights, configuration, a way out. */
  readonly waitsFor: readonly ITerraformDependable[];
}

/** An instance with its address and its volume. */
export class BoxInstance extends Construct {
  public readonly id: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BoxInstanceProps,
  ) {
    super(scope, id);
    const networkInterface = this.networkInterface();
    const address = this.address(networkInterface);
    const instance = this.instance(networkInterface, address);
    this.id = instance.id;
    this.attachVolume(instance);
  }

  private networkInterface(): NetworkInterface {
    const { name, subnetId, securityGroupId } = this.props;
    return new NetworkInterface(this, 'interface', {
      description: 'Stays when the host is replaced',
      subnetId,
      securityGroups: [securityGroupId],
      tags: { Name: name },
    });
  }

  private address(networkInterface: NetworkInterface): EipAssociation {
    return new EipAssociation(this, 'address', {
      allocationId: this.props.allocationId,
      networkInterfaceId: networkInterface.id,
    });
  }

  private instance(networkInterface: NetworkInterface, address: EipAssociation): Instance {
    const { name, box, instanceProfileName, userData, keyArn, waitsFor } = this.props;
    return new Instance(this, 'instance', {
      ami: machineImage(this, 'image', box),
      instanceType: box.instanceType,
      primaryNetworkInterface: { networkInterfaceId: networkInterface.id },
      iamInstanceProfile: instanceProfileName,
      keyName: box.keyPair,
      monitoring: box.detailedMonitoring,
      ebsOptimized: true,
      creditSpecification: box.burstable ? { cpuCredits: box.cpuCredits } : undefined,
      metadataOptions: {
        httpEndpoint: 'enabled',
        httpTokens: 'required',
        httpPutResponseHopLimit: METADATA_HOPS,
        instanceMetadataTags: 'disabled',
      },
      maintenanceOptions: { autoRecovery: 'default' },
      rootBlockDevice: {
        volumeType: 'gp3',
        volumeSize: box.rootVolumeGb,
        encrypted: true,
        kmsKeyId: keyArn,
        deleteOnTermination: true,
        tags: { Name: `${name}-system` },
      },
      userData,
      tags: { Name: name },
      lifecycle: {
        // A newer image, or other boot steps, are for the next host: this one is patched in place.
        ignoreChanges: ['ami', 'user_data'],
      },
      dependsOn: [address, ...waitsFor],
    });
  }

  /** The host is stopped before the volume goes, so that databases shut down and nothing is torn off. */
  private attachVolume(instance: Instance): void {
    new VolumeAttachment(this, 'data', {
      deviceName: DATA_DEVICE,
      volumeId: this.props.volumeId,
      instanceId: instance.id,
      stopInstanceBeforeDetaching: true,
      forceDetach: false,
      skipDestroy: false,
    });
  }
}
