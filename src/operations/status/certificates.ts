/** Days that certificates are still valid: those of ACM, and the ones that a single host gets from Let's Encrypt. */
import type { AwsClients } from '../../aws/clients';
import { explained, isAwsError } from '../../aws/errors';
import { HOST_METRICS, METRICS_INTERVAL_MINUTES } from '../../contracts/host-metrics';
import { zoneState } from '../../terraform/environment-state';
import { readOutputs } from '../state-outputs';
import type { Target } from '../target';
import { ago, secondsSince } from './ages';
import { lastValues } from './metrics';
import type { StatusOptions } from './status';
import { judged, note, wrong, type Row } from './row';

/** ACM renews 60 days before the end, and Let's Encrypt 30. */
const FEWEST_DAYS = 14;

export async function certificateRows(target: Target, { now }: StatusOptions): Promise<readonly Row[]> {
  const [arns, onHost] = await Promise.all([certificatesOf(target), hostCertificate(target, now)]);
  const issued = await Promise.all(
    arns.map((arn) => certificateRow(target.aws.in(arn.split(':')[3] ?? target.aws.options.region), arn, now)),
  );
  return [...issued, ...onHost];
}

/** Of the environment's domain stack, or of the shared zone that its names are in. */
async function certificatesOf(target: Target): Promise<readonly string[]> {
  const { domain, backend, identity } = target.environment;
  if (domain === undefined) return [];
  if (domain.kind === 'own') {
    const published = await target.published('domain');
    return [published?.certificateArn, published?.edgeCertificateArn].filter((arn) => arn !== undefined);
  }
  const outputs = await readOutputs(zoneState(domain.stacks.zone, backend), target);
  const arns = (outputs?.certificate_arns ?? {}) as Readonly<Record<string, string>>;
  const used = [...(domain.regionalCertificate ? [identity.region] : []), ...(domain.edgeCertificate ? ['us-east-1'] : [])];
  return [...new Set(used)].flatMap((region) => arns[region] ?? []);
}

async function certificateRow(aws: AwsClients, arn: string, now: Date): Promise<Row> {
  const acm = await aws.acm();
  const place = aws.options.region;
  try {
    const { Certificate: certificate = {} } = await acm.describeCertificate({ CertificateArn: arn });
    const { DomainName: name = arn, Status: status = '', NotAfter: end, RenewalSummary: renewal } = certificate;
    const facts = { arn, status, renewal: renewal?.RenewalStatus ?? null };
    if (status !== 'ISSUED' || end === undefined)
      return wrong(name, `${status.toLowerCase().replaceAll('_', ' ')} (${place})`, facts);
    const days = daysUntil(end, now);
    const failed = renewal?.RenewalStatus === 'FAILED' ? ', its renewal has FAILED' : '';
    return judged(days >= FEWEST_DAYS && failed === '', name, `${days} days left (${place})${failed}`, {
      ...facts,
      daysLeft: days,
    });
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return wrong(arn, `there is no such certificate in ${place}`, { arn });
    return explained(`reading the certificate ${arn}`, () => Promise.reject(error as Error));
  }
}

function daysUntil(end: Date, now: Date): number {
  return Math.floor(-secondsSince(end, now) / 86_400);
}

/** A single host measures its own. */
async function hostCertificate(target: Target, now: Date): Promise<readonly Row[]> {
  if (target.environment.tier.kind !== 'box' || target.environment.domain === undefined) return [];
  const box = await target.published('compute-box');
  if (box?.instanceId === undefined) return [];
  const [measured] = await lastValues(target.aws, [hostMetric(box, HOST_METRICS.certificateDaysLeft)], now);
  if (measured === undefined) return [note('host', 'not measured yet', {})];
  const { value, at } = measured;
  const facts = { daysLeft: value, measuredAt: at.toISOString() };
  const text = value === 0 ? 'a certificate is missing' : `${Math.floor(value)} days left, on the host`;
  return [judged(value >= FEWEST_DAYS, 'host', `${text}, measured ${ago(at, now)}`, facts)];
}

/** A metric that a host publishes. */
export function hostMetric(
  { metricsNamespace, metricsEnvironment }: { readonly metricsNamespace: string; readonly metricsEnvironment: string },
  name: string,
) {
  return {
    name,
    namespace: metricsNamespace,
    dimensions: { Environment: metricsEnvironment },
    periodSeconds: METRICS_INTERVAL_MINUTES * 60,
  };
}
