/** Jobs, and everything else that happens at fixed times. Pure. */
import type { Book } from '../book';
import { table, type Section } from '../elements';
import { html, type Html } from '../html';
import { schedulesOf, type Scheduled } from '../facts/schedules';
import { duration, sizeOf } from '../facts/sizes';

export function schedulesSection({ environment }: Book): Section | undefined {
  const { jobs } = environment.workloads;
  const scheduled = schedulesOf(environment);
  if (jobs.length + scheduled.length === 0) return undefined;
  return {
    id: 'schedules',
    title: 'Jobs and schedules',
    lead: scheduled.length > 0 && 'Each line is a day, from midnight to midnight in the time zone that it names.',
    body: html`${scheduled.length > 0 && html`<div class="days">${scheduled.map(day)}</div>`}
    ${
      jobs.length > 0 &&
      html`<h3>Jobs</h3>
        ${table({
          caption: 'Jobs',
          head: ['job', 'runs', 'size', 'stopped after', 'while another run is active'],
          rows: jobs.map((job) => [
            job.key,
            scheduled.find((one) => one.job === job.key)?.when ?? 'on demand',
            sizeOf(job),
            duration(job.timeoutSeconds),
            job.concurrency === 'forbid' ? 'is not started' : 'is started as well',
          ]),
        })}`
    }`,
  };
}

function day({ what, when, timezone, spans }: Scheduled): Html {
  return html`<div class="day">
    <p><b>${what}</b> ${when} <small>${timezone}</small></p>
    <svg viewBox="0 0 1440 40" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="ground" x="0" y="14" width="1440" height="12" rx="6" />
      ${[360, 720, 1080].map((x) => html`<line class="hour" x1="${x}" x2="${x}" y1="8" y2="32" />`)}
      ${spans.map(({ from, minutes }) => {
        const width = Math.max(minutes, 12);
        return html`<rect class="moment" x="${Math.min(from, 1440 - width)}" y="6" width="${width}" height="28" rx="3" />`;
      })}
    </svg>
  </div>`;
}
