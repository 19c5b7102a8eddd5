/** The Ingress as a resource, and the load balancer that the controller creates for it. */
import { IngressV1 } from '@cdktf/provider-kubernetes/lib/ingress-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { IngressManifest } from '../ingress';
import { toIngress } from './convert';

export interface PublicIngressProps {
  readonly manifest: IngressManifest;
  /** The services: a destroy removes the Ingress before them, while the controller can still clean up behind it. */
  readonly after: readonly ITerraformDependable[];
}

export class PublicIngress extends Construct {
  /** The load balancer's host name. */
  public readonly dnsName: string;

  constructor(scope: Construct, id: string, { manifest, after }: PublicIngressProps) {
    super(scope, id);
    const ingress = new IngressV1(this, 'Default', { ...toIngress(manifest), dependsOn: [...after] });
    this.dnsName = ingress.status.get(0).loadBalancer.get(0).ingress.get(0).hostname;
  }
}
