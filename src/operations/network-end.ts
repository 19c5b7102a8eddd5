/** One end of a network connection: a server, or what runs scripts, with what decides about its connections. */
import type { AwsClients } from '../aws/clients';

export interface NetworkEnd {
  /** As messages name it: `the host of shop-mvp`. */
  readonly name: string;
  /** Of its region and account. */
  readonly aws: AwsClients;
  readonly vpcId: string;
  /** All subnets in which it may be, also after a failure. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** What refuses its connections besides its security group. */
  readonly policy?: EgressPolicy;
}

/** Both can be called again. */
export interface EgressPolicy {
  /** @param cidrs networks that it connects to, on one port */
  readonly open: (move: string, cidrs: readonly string[], port: number) => Promise<void>;
  readonly close: (move: string) => Promise<void>;
}
