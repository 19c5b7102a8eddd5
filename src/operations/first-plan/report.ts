/** A first plan as text. Pure. */
import { renderText } from '../../checks/plan-changes/render-text';
import { visible } from '../../checks/plan-changes/text-lines';
import { reportText } from '../../checks/plan-guard/report';
import type { FirstStackPlan } from './plan-first';
import type { Assumption } from './work-copy';

/** Every stack: what it assumes, what would be created, and what the guard says. */
export function renderFirstPlan(environment: string, plans: readonly FirstStackPlan[], color = false): string {
  const numberOf = (status: FirstStackPlan['status']): number => plans.filter((plan) => plan.status === status).length;
  const rest = (['deployed', 'later', 'failed'] as const)
    .filter((status) => numberOf(status) > 0)
    .map((status) => `, ${numberOf(status)} ${SUMMARY[status]}`);
  return [
    `FIRST PLAN of ${environment}: ASSUMED. Values of stacks that do not exist yet are placeholders; nothing was changed.`,
    ...plans.map((plan) => `\n${renderStack(plan, color)}`),
    `\n${numberOf('planned')} of ${plans.length} stacks planned${rest.join('')}`,
  ].join('\n');
}

const SUMMARY = { deployed: 'deployed already', later: 'to plan later', failed: 'FAILED' } as const;

function renderStack(plan: FirstStackPlan, color: boolean): string {
  switch (plan.status) {
    case 'planned':
      return [
        reportText(plan.verdict),
        ...plan.assumptions.filter(({ invented }) => invented.length > 0).map((one) => `  ${assumptionLine(one)}`),
        ...(plan.changes.length === 0 ? [] : [renderText(plan.changes, { color })]),
      ].join('\n');
    case 'deployed':
      return `${plan.stack}: is deployed, and is not planned here\n  its plan: npm run plan without --first`;
    case 'later':
      return `${plan.stack}: later\n  ${plan.reason}`;
    case 'failed':
      return `${plan.stack}: FAILED\n${plan.reason.replace(/^/gm, '  ')}`;
  }
}

/** A guess may have a form that AWS never gives: the plan may be right and the value wrong. */
function assumptionLine({ of, value, isGuessed }: Assumption): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `assumed ${visible(of)} = ${visible(text)}${isGuessed ? '   (its form is a guess by its name)' : ''}`;
}
