/** Rules about costs: what `usage` states is possible, and the budget is reported once. */
import { eachOnce, findingIf, listed } from './finding';
import { defineRule, type Rule } from './rule';

const averageTasksFit = defineRule({
  id: 'usage-tasks',
  severity: 'refusal',
  summary: '`usage.averageTasks` names services and workers, each with a number of tasks that its `replicas` allow.',
  reads: ['usage', 'services', 'workers'],
  check: ({ usage, services, workers }) =>
    Object.entries(usage.averageTasks).flatMap(([name, average]) => {
      const path = `usage.averageTasks.${name}`;
      const replicas = (services[name] ?? workers[name])?.replicas;
      if (replicas === undefined) {
        const names = [...Object.keys(services), ...Object.keys(workers)];
        return findingIf(true, path, average, `a service or worker: ${listed(names)}`, 'correct the name, or remove the entry');
      }
      const { min, max } = replicas;
      return findingIf(
        average < min || average > max,
        path,
        average,
        `a number from ${min} to ${max}, as \`replicas\` allow`,
        'change one of the two',
      );
    }),
});

const noticesDiffer = defineRule({
  id: 'budget-notices',
  severity: 'refusal',
  summary: 'Each share of the budget is reported once: AWS refuses the second notification.',
  reads: ['observability'],
  check: ({ observability: { budget } }) =>
    eachOnce('observability.budget.noticePercents', (budget?.noticePercents ?? []).map(String), 'percentage'),
});

export const COST_RULES: readonly Rule[] = [averageTasksFit, noticesDiffer];
