/** Lists of HTTP statuses in the notation of load balancers, such as `200,202` and `200-299`. Pure. */

/** The statuses that a load balancer can take for healthy. Source: Elastic Load Balancing API reference, Matcher. */
const STATUSES = { lowest: 200, highest: 499 } as const;

/** From this one on, a status is an error: the kubelet and Route 53 never take it for healthy. */
const FIRST_ERROR = 400;

type Range = readonly [first: number, last: number];

/** Whether a text is a list of statuses and ranges of them. */
export function isStatusList(text: string): boolean {
  if (!/^\d{3}(?:-\d{3})?(?:,\d{3}(?:-\d{3})?)*$/.test(text)) return false;
  return rangesOf(text).every(([first, last]) => STATUSES.lowest <= first && first <= last && last <= STATUSES.highest);
}

/** Whether a list has a status that says that the request failed. */
export function hasErrorStatus(list: string): boolean {
  return rangesOf(list).some(([, last]) => last >= FIRST_ERROR);
}

function rangesOf(list: string): readonly Range[] {
  return list.split(',').map((part): Range => {
    const [first = '', last = first] = part.split('-');
    return [Number(first), Number(last)];
  });
}
