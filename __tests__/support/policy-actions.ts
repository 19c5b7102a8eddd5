/** Whether a policy has the actions of calls that were made. */

const SERVICES: Readonly<Record<string, RegExp>> = {
  ssm: /Parameter|Command/,
  ecr: /^(BatchGetImage|GetDownloadUrlForLayer)$/,
  logs: /LogEvents$/,
};

/** Actions that need no permission. */
const FREE = ['sts:GetCallerIdentity'];

/** @param calls names of operations */
export function missingActions(
  policy: { readonly Statement: readonly { readonly Action: readonly string[] }[] },
  calls: readonly string[],
): readonly string[] {
  const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));
  const actions = [...new Set(calls)].map((name) => {
    if (name === 'GetCallerIdentity') return `sts:${name}`;
    const [service = 'ecs'] = Object.entries(SERVICES).find(([, operations]) => operations.test(name)) ?? [];
    return `${service}:${name}`;
  });
  return actions.filter((action) => !allowed.has(action) && !FREE.includes(action));
}
