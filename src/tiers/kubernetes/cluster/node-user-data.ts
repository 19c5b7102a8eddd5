/** What nodes are told at boot, beside what EKS tells them by itself. Pure. */

const BOUNDARY = 'TERRACE';

/**
 * A part for the node image's own initialiser. EKS adds its part to this one and keeps ours.
 * Source: Amazon EKS user guide, "Customize managed nodes with launch templates"; nodeadm, "NodeConfig".
 */
export function nodeUserData({ maximumPods }: { readonly maximumPods: number }): string {
  return [
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    'Content-Type: application/node.eks.aws',
    '',
    'apiVersion: node.eks.aws/v1alpha1',
    'kind: NodeConfig',
    'spec:',
    '  kubelet:',
    '    config:',
    `      maxPods: ${maximumPods}`,
    '',
    `--${BOUNDARY}--`,
    '',
  ].join('\n');
}
