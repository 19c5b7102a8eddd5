/** The log of a plan or an apply in HCP Terraform: lines as JSON ("structured run output") or as text, and what they report. */
import { stripVTControlCharacters } from 'node:util';
import { ApplyLog, type Applied } from '../../../terraform/runner/apply-log';
import { errorsIn } from '../../../terraform/runner/errors';
import { eventsIn, type TerraformEvent } from '../../../terraform/runner/events';

/** The characters STX and ETX are around a log. */
const [STX, ETX] = ['\u0002', '\u0003'];

const linesOf = (log: string): readonly string[] =>
  stripVTControlCharacters(log).replaceAll(STX, '').replaceAll(ETX, '').split('\n');

const isEvent = (line: string): boolean => line.startsWith('{');

/** The lines of a log without JSON. */
function textOf(log: string): string {
  return linesOf(log)
    .filter((line) => !isEvent(line))
    .join('\n')
    .trim();
}

/** Lines at the end of a log without an error. */
const LAST_LINES = 20;

/** What went wrong, in the form of terraform's own output, which names the address of each error; else the last lines. */
export function errorText(log: string): string {
  const reported = linesOf(log).filter(isEvent).flatMap(eventsIn).flatMap(errorOf);
  if (reported.length > 0) return reported.join('\n\n');
  const text = textOf(log);
  return text.includes('Error:') ? errorsIn(text) : text.split('\n').slice(-LAST_LINES).join('\n');
}

function errorOf({ type, diagnostic }: TerraformEvent): readonly string[] {
  if (type !== 'diagnostic' || diagnostic?.severity !== 'error') return [];
  const { summary = '', detail = '', address, snippet } = diagnostic;
  const values = (snippet?.values ?? []).map(({ traversal = '', statement = '' }) => `${traversal} ${statement}`);
  const parts = [
    `Error: ${summary}`,
    ...(address === undefined ? [] : [`  with ${address},`]),
    snippet?.code ?? '',
    ...values,
    detail,
  ];
  return [parts.filter((part) => part !== '').join('\n')];
}

const DONE: Readonly<Record<string, string>> = { Creation: 'create', Modifications: 'update', Destruction: 'delete' };

/** Follows the log of an apply while it grows. */
export class GrowingLog {
  private read = 0;
  private readonly events: ApplyLog;
  private readonly text: string[] = [];
  private readonly done = new Set<string>();

  /** @param report receives one line at a time */
  constructor(private readonly report: (line: string) => void) {
    this.events = new ApplyLog(report);
  }

  /** @param log everything until now */
  public add(log: string): void {
    const complete = log.slice(0, log.lastIndexOf('\n') + 1);
    for (const line of linesOf(complete.slice(this.read))) this.addLine(line);
    this.read = Math.max(this.read, complete.length);
  }

  /** How far the apply came. @param log everything */
  public end(log: string): Applied {
    this.add(`${log}\n`);
    const { done, failed, errors } = this.events.end();
    const text = this.text.join('\n');
    const own = text.includes('Error:') ? [errorsIn(text)] : [];
    const addresses = [...text.matchAll(/^[│ ]*with ([^\s,]+),/gm)].map(([, address]) => address ?? '');
    return {
      done: new Set([...done, ...this.done]),
      failed: new Set([...failed, ...addresses]),
      errors: errors.length > 0 ? errors : own,
    };
  }

  private addLine(line: string): void {
    if (isEvent(line)) {
      this.events.listen(`${line}\n`, 'stdout');
      return;
    }
    const [, address, what] = /^(\S.*): (Creation|Modifications|Destruction) complete after /.exec(line) ?? [];
    if (address !== undefined && what !== undefined) this.done.add(`${DONE[what] ?? ''} ${address}`);
    this.text.push(line);
    if (line.trim() !== '') this.report(line);
  }
}
