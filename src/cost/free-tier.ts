/** What an account does not pay for, month after month; offers to new accounts are not here. */
import { rangeOf, type Range } from './range';

/** Units of some prices that are free in an account. */
export interface Allowance {
  readonly prices: RegExp;
  /** Units a month, in the unit of the prices. */
  readonly units: number;
  readonly source: string;
}

/** Source: the price page of each service, section "Free tier", "Always free". */
export const ALLOWANCES: readonly Allowance[] = [
  { prices: /^data-transfer\/out\.internet\./, units: 100, source: '100 GB a month out of all regions (EC2 price page)' },
  { prices: /^cloudfront\/out\./, units: 1024, source: '1 TB a month (CloudFront price page)' },
  { prices: /^cloudfront\/requests\./, units: 1000, source: '10 million requests a month (CloudFront price page)' },
  { prices: /^cloudwatch\/alarm\.standard$/, units: 10, source: '10 alarms (CloudWatch price page)' },
  { prices: /^cloudwatch\/dashboard$/, units: 3, source: '3 dashboards (CloudWatch price page)' },
  { prices: /^cloudwatch\/custom-metric\./, units: 10, source: '10 custom metrics (CloudWatch price page)' },
  { prices: /^cloudwatch\/logs\.ingest\./, units: 5, source: '5 GB of logs (CloudWatch price page)' },
  { prices: /^sqs\/requests\./, units: 1, source: '1 million requests a month (SQS price page)' },
  { prices: /^sns\/email$/, units: 0.01, source: '1,000 e-mails a month (SNS price page)' },
  { prices: /^step-functions\/standard\./, units: 4, source: '4,000 transitions a month (Step Functions price page)' },
  { prices: /^xray\/traces-recorded$/, units: 0.1, source: '100,000 traces a month (X-Ray price page)' },
  { prices: /^codebuild\/linux\.general1\.small$/, units: 100, source: '100 minutes a month (CodeBuild price page)' },
];

/** Takes the allowances from quantities, in their order. */
export function withoutFree<L extends { readonly price: { readonly key: string }; readonly quantity: Range }>(
  lines: readonly L[],
): readonly L[] {
  const left = new Map(ALLOWANCES.map((allowance) => [allowance, rangeOf(allowance.units)]));
  return lines.map((line) => {
    const allowance = ALLOWANCES.find(({ prices }) => prices.test(line.price.key));
    const remaining = allowance === undefined ? undefined : left.get(allowance);
    if (allowance === undefined || remaining === undefined) return line;
    const paid = subtract(line.quantity, remaining);
    left.set(allowance, subtract(remaining, subtract(line.quantity, paid)));
    return { ...line, quantity: paid };
  });
}

function subtract(one: Range, other: Range): Range {
  return {
    low: Math.max(0, one.low - other.low),
    expected: Math.max(0, one.expected - other.expected),
    high: Math.max(0, one.high - other.high),
  };
}
