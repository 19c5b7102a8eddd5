/**
 * The one host: a network interface that keeps its addresses, an instance on it, and the data volume attached.
 *
 * The Elastic IP belongs to the interface, so that a host has its address from its first packet (boot installs packages),
 * and a new host has that of the old one. Another operating system, subnet or key pair replaces the instance. Another size
 * stops and starts it. A newer image, other user data and another configuration leave it alone.
 */
import { EipAssociation } from '@cdktf/provider-aws/lib/eip-association';
import { Instance } from '@cdktf/provider-aws/lib/instance';
import { NetworkInterface } from '@cdktf/provider-aws/lib/network-interface';
import { VolumeAttachment } from '@cdktf/provider-aws/lib/volume-attachment';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import { DATA_DEVICE } from './host/paths';
import { creditSpecification, machineImage, metadataOptions } from './machine';

export interface BoxInstanceProps {
  /** The tag Name, which the console shows. */
  readonly name: string;
  readonly box: ResolvedBox;
  /** A public subnet of the volume's zone. */
  readonly subnetId: string;
  readonly securityGroupId: string;
  readonly instanceProfileName: string;
  readonly allocationId: string;
  readonly volumeId: string;
  /** A Terraform string. Only the first boot reads it. */
  readonly userData: string;
  /** The environment's key; without one, the AWS-managed key of EBS. */
  readonly keyArn?: string;
  /** Whether a container has permissions of AWS. */
  readonly containersUseRole: boolean;
  /** What boot needs: permissions, configuration, egress. */
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
    const networkInterface = this.createInterface();
    const address = this.associateAddress(networkInterface);
    const instance = this.createInstance(networkInterface, address);
    this.id = instance.id;
    this.attachVolume(instance);
  }

  private createInterface(): NetworkInterface {
    const { name, subnetId, securityGroupId } = this.props;
    return new NetworkInterface(this, 'interface', {
      description: 'Kept when the host is replaced',
      subnetId,
      securityGroups: [securityGroupId],
      tags: { Name: name },
    });
  }

  private associateAddress(networkInterface: NetworkInterface): EipAssociation {
    return new EipAssociation(this, 'address', {
      allocationId: this.props.allocationId,
      networkInterfaceId: networkInterface.id,
    });
  }

  private createInstance(networkInterface: NetworkInterface, address: EipAssociation): Instance {
    const { name, box, instanceProfileName, userData, keyArn, containersUseRole, waitsFor } = this.props;
    return new Instance(this, 'instance', {
      ami: machineImage(this, 'image', box),
      instanceType: box.instanceType,
      primaryNetworkInterface: { networkInterfaceId: networkInterface.id },
      iamInstanceProfile: instanceProfileName,
      keyName: box.keyPair,
      monitoring: box.detailedMonitoring,
      ebsOptimized: true,
      creditSpecification: creditSpecification(box),
      metadataOptions: metadataOptions(containersUseRole),
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
        // A newer image and other boot steps are for the next host: this one is patched in place.
        ignoreChanges: ['ami', 'user_data'],
      },
      dependsOn: [address, ...waitsFor],
    });
  }

  /** The host is stopped before the volume is detached, so that databases shut down in order. */
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
