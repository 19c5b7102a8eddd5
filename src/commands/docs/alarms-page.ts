/** docs/alarms.md: every alarm, from the table of alarms. */
import { ALARM_KINDS, alarmDefault, type AlarmDefault, type AlarmKind } from '../../config/tables/alarm-defaults';
import type { Page } from './page';

const HEADING = `# Alarms

Every alarm that Terrace knows, with its defaults. An alarm is created wherever the environment has what it monitors;
\`observability.alarms\` in the environment file changes its figures or turns it off:

\`\`\`ts
observability: {
  notifications: { emails: ['ops@shop.example'] },
  alarms: { 'service-cpu': { threshold: 70 }, 'error-rate': { minimumRequests: 200 }, 'cache-evictions': false },
},
\`\`\`

Each notifies the topic of its region when it begins and when it ends, and its description says what to do. How it treats
missing data is chosen for the reason given.

`;

const ENDING = `
Generated from \`src/config/tables/alarm-defaults.ts\` by \`npm run docs\`.
`;

function limit({ when, threshold, unit }: AlarmDefault): string {
  if (typeof threshold === 'number') return `${when} ${threshold} ${unit}`.trim();
  const { share, of, otherwise } = threshold;
  const part = share === 1 ? of : share < 1 ? `${share * 100} % of ${of}` : `${share} times ${of}`;
  return `${when} ${part} (${otherwise} ${unit} where that is unknown)`;
}

function section(kind: AlarmKind): string {
  const alarm = alarmDefault(kind);
  const { subject, measures, periodSeconds, periods, minimumRequests, missing, missingBecause, remedy } = alarm;
  const enough = minimumRequests === undefined ? '' : `, each with ${minimumRequests} requests or more`;
  return `## ${kind}

${measures}. Applies to: ${subject}.

- Triggers: ${limit(alarm)} for ${periods} ${periods === 1 ? 'period' : 'periods'} of ${periodSeconds} seconds${enough}.
- Missing data: \`${missing}\`, because ${missingBecause}.
- What to do: ${remedy}
`;
}

export const alarmsPage: Page = {
  path: 'docs/alarms.md',
  render: () => `${HEADING}${ALARM_KINDS.map(section).join('\n')}${ENDING}`,
};
