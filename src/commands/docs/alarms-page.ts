/** Writes docs/alarms.md from the table of alarms, so that the page lists every one of them. */
import { ALARM_KINDS, alarmDefault, type AlarmDefault, type AlarmKind } from '../../config/tables/alarm-defaults';

const HEADING = `# Alarms

Every alarm that Terrace knows, with what it does unless an environment says otherwise. An alarm is made wherever the
environment has what it watches; \`observability.alarms\` in the environment file changes figures or turns it off:

\`\`\`ts
observability: {
  notifications: { emails: ['ops@shop.example'] },
  alarms: { 'service-cpu': { threshold: 70 }, 'cache-evictions': false },
},
\`\`\`

Each tells the topic of its region when it goes off and when all is well again, and says in its description what to do.
What it makes of a measurement that does not come is chosen with the reason given.

`;

const ENDING = `
This page is generated from \`src/config/tables/alarm-defaults.ts\`. After a change there, write it again:

\`\`\`sh
UPDATE_DOCS=1 npx jest __tests__/commands/docs/alarms-page.test.ts
\`\`\`
`;

function limit({ when, threshold, unit }: AlarmDefault): string {
  if (typeof threshold === 'number') return `${when} ${threshold} ${unit}`.trim();
  const { share, of, otherwise } = threshold;
  const part = share === 1 ? of : share < 1 ? `${share * 100} % of ${of}` : `${share} times ${of}`;
  return `${when} ${part} (${otherwise} ${unit} where that is not known)`;
}

function section(kind: AlarmKind): string {
  const alarm = alarmDefault(kind);
  const { subject, measures, periodSeconds, periods, missing, missingBecause, remedy } = alarm;
  return `## ${kind}

${measures}. Of: ${subject}.

- Goes off: ${limit(alarm)}, ${periods} ${periods === 1 ? 'period' : 'periods'} of ${periodSeconds} seconds.
- No data: \`${missing}\`, because ${missingBecause}.
- What to do: ${remedy}
`;
}

/** The whole page, as it stands in docs/alarms.md. */
export function alarmsDocument(): string {
  return `${HEADING}${ALARM_KINDS.map(section).join('\n')}${ENDING}`;
}
