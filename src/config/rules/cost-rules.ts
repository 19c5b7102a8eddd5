/** Rules about `usage`: what it states exists and is possible. */
import { findingIf, listed } from './finding';
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

export const COST_RULES: readonly Rule[] = [averageTasksFit];
