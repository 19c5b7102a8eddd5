/** Who may talk to whom. Pure. */
import type { Book } from '../book';
import { matrix, table, type Section } from '../elements';
import { html, joined, type Html, type Part } from '../html';
import { connectionsOf, type Connection } from '../facts/connections';
import { podPoliciesOf } from '../facts/pods';

export function connectionsSection({ environment, modules }: Book): Section {
  const { groups, connections } = connectionsOf(environment.identity.environment, modules);
  const pods = podPoliciesOf(modules);
  const others = (side: 'from' | 'to') => [
    ...new Set(connections.map((one) => one[side]).filter((name) => !groups.includes(name))),
  ];
  const senders = [...others('from'), ...groups].filter((name) => connections.some(({ from }) => from === name));
  const receivers = [...groups, ...others('to')].filter((name) => connections.some(({ to }) => to === name));
  return {
    id: 'connections',
    title: 'Who may talk to whom',
    lead: 'From the rules of the security groups: a port is in a cell where the sender may connect to the receiver. What is empty is closed.',
    body: html`${matrix({
      caption: 'Allowed connections',
      corner: 'from ↓ to →',
      columns: receivers,
      rows: senders.map((from) => ({
        name: from,
        cells: receivers.map((to) => ports(connections.find((one) => one.from === from && one.to === to))),
      })),
    })}
    ${pods.length > 0 && podTable(pods)}`,
  };
}

function ports(connection: Connection | undefined): Part {
  if (connection === undefined) return undefined;
  const { ports: open, missing } = connection;
  const names = joined(open.map((port) => (port === 'all' ? 'all' : port)));
  return missing === undefined ? names : html`<s>${names}</s> <small>no ${missing}</small>`;
}

function podTable(pods: ReturnType<typeof podPoliciesOf>): Html {
  return html`<h3>Inside the cluster</h3>
    <p>The network policies of the namespace. A pod that no policy names may neither send nor receive.</p>
    ${table({
      caption: 'Network policies',
      head: ['pods', 'receive', 'send'],
      rows: pods.map(({ pods: name, receive, send }) => [name, joined(receive, html`<br />`), joined(send, html`<br />`)]),
    })}`;
}
