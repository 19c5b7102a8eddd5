/** Alarms, with what to do. Pure. */
import { ALARM_KINDS, type AlarmKind } from '../../config/tables/alarm-defaults';
import type { Book } from '../book';
import { facts, list, type Section } from '../elements';
import { html, type Html } from '../html';
import { allOf } from '../facts/references';

interface Alarm {
  /** The name in CloudWatch, without the environment. */
  readonly name: string;
  readonly limit: string;
}

interface AlarmGroup {
  readonly measures: string;
  readonly remedy: string;
  readonly missing?: string;
  readonly alarms: readonly Alarm[];
}

export function alarmsSection(book: Book): Section | undefined {
  const { environment, modules } = book;
  const { observability } = environment;
  const groups = alarmGroups(book);
  if (observability === undefined && groups.length === 0) return undefined;
  const prometheus = Object.values(modules).some(({ resource }) => resource?.helm_release?.['kube-prometheus-stack_release']);
  const { emails = [], smsNumbers = [] } = observability?.notifications ?? {};
  return {
    id: 'alarms',
    title: 'Alarms, and what to do',
    lead: groups.length > 0 && 'The limits are those of the deployed alarms. Open an alarm to see what to do.',
    body: html`${facts([
        ['notified', list([...emails, ...smsNumbers])],
        prometheus && ['inside the cluster', 'further alerts of Prometheus, in its Helm release'],
        groups.length === 0 && ['alarms', 'none'],
      ])}
      <div class="alarms">${groups.map(alarmGroup)}</div>`,
  };
}

function alarmGroup({ measures, remedy, missing, alarms }: AlarmGroup): Html {
  return html`<details class="alarm">
    <summary>
      <b>${measures}</b>
      <span class="limits">${alarms.map(({ name, limit }) => html`<span class="chip"><em>${name}</em> ${limit}</span>`)}</span>
    </summary>
    <p>${remedy}</p>
    ${missing !== undefined && html`<p class="note">${missing}</p>`}
  </details>`;
}

/** One group for each kind of alarm; an alarm of no known kind is a group by itself. */
function alarmGroups({ environment, modules }: Book): readonly AlarmGroup[] {
  const { identity, observability } = environment;
  const groups = new Map<string, AlarmGroup>();
  for (const { block } of allOf(modules, 'aws_cloudwatch_metric_alarm')) {
    const name = String(block.alarm_name).replace(`${identity.environment}-`, '');
    const { measures, limit, remedy } = parts(String(block.alarm_description));
    const kind = kindOf(name);
    const settings = kind && observability?.alarms[kind];
    const key = settings === undefined ? name : settings.kind;
    const before = groups.get(key);
    groups.set(key, {
      measures: settings?.measures ?? measures,
      remedy: settings?.remedy ?? remedy,
      missing: settings && `Missing data: ${settings.missing}, because ${settings.missingBecause}.`,
      alarms: [...(before?.alarms ?? []), { name: subjectOf(name, kind), limit }],
    });
  }
  return [...groups.values()];
}

function kindOf(name: string): AlarmKind | undefined {
  return [...ALARM_KINDS]
    .sort((one, other) => other.length - one.length)
    .find((kind) => name === kind || name.startsWith(`${kind}-`));
}

function subjectOf(name: string, kind: AlarmKind | undefined): string {
  return kind === undefined || name === kind ? '' : name.slice(kind.length + 1);
}

/** `<what it measures>: <limit>. <what to do>` */
function parts(description: string) {
  const colon = description.indexOf(': ');
  const measures = colon < 0 ? description : description.slice(0, colon);
  const rest = colon < 0 ? '' : description.slice(colon + 2);
  const [limit = '', ...remedy] = rest.split(/\. (?=[A-Z])/);
  return { measures, limit: limit.replace(/\.$/, ''), remedy: remedy.join('. ') };
}
