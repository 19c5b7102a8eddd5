/**
 * Stands in for Docker and Compose: containers are real processes (`application.js`), which are started again when they end, and
 * what a port is published for is a port that they listen on. Only what the host's scripts call is there, as those call it.
 *
 * `$HOST_ROOT/docker` has a directory for each container, and `pulled`. `$HOST_ROOT/kill-at` (a pattern of calls, `before` or
 * `after`, and a process id) kills that process at such a call.
 */
const { spawn } = require('node:child_process');
const {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { join } = require('node:path');
const { randomBytes } = require('node:crypto');

const root = process.env.HOST_ROOT;
const docker = join(root, 'docker');
const containers = join(docker, 'containers');
const pulled = join(docker, 'pulled');
const args = process.argv.slice(2);
const pause = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const lines = (path) => read(path).split('\n').filter(Boolean);

/** Loaded only where it is called: hundreds of calls of Docker need no YAML. */
const parse = (text) => require('yaml').parse(text);

/** What Docker would print, with exit code 1. */
class Refusal extends Error {}

const fileOf = (id, name) => join(containers, id, name);
const configOf = (id) => JSON.parse(read(fileOf(id, 'config')) || '{}');
const stateOf = (id) => JSON.parse(read(fileOf(id, 'state')));
/** In one step: the process that runs a container and the calls about it read each other's files. */
function save(id, name, value) {
  writeFileSync(`${fileOf(id, name)}.${process.pid}`, JSON.stringify(value));
  renameSync(`${fileOf(id, name)}.${process.pid}`, fileOf(id, name));
}

const setState = (id, state) => save(id, 'state', { ...stateOf(id), ...state });
const exists = (id) => existsSync(fileOf(id, 'config'));
/** Whether its program is to be started again when it ends. */
const isWanted = (id) => exists(id) && !existsSync(fileOf(id, 'unwanted'));
const all = () =>
  readdirSync(containers)
    .filter(exists)
    .sort((one, other) => configOf(one).at - configOf(other).at);
const ofService = (service) => all().filter((id) => configOf(id).service === service);

function variables(text) {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replace(/^'(.*)'$/, '$1')]),
  );
}

/** The services of the Compose file, with the variables that Compose knows. */
function services() {
  const known = { ...variables(read('.env')), ...process.env };
  const text = read('compose.yaml').replace(/\$(?:\{(\w+):-([^}]*)\}|(\w+))/g, (_, name, otherwise, bare) =>
    bare === undefined ? known[name] || otherwise : (known[bare] ?? ''),
  );
  return parse(text).services;
}

function create(service, definition) {
  if (!lines(pulled).includes(definition.image)) throw new Refusal(`${definition.image}: no basic auth credentials`);
  if (existsSync(join(root, `refused-${service}`))) throw new Refusal('range of CPUs is from 0.01 to 2.00');
  const id = randomBytes(32).toString('hex');
  const environment = Object.assign({}, ...(definition.env_file ?? []).map((file) => variables(read(file))));
  const published = definition.ports?.[0]?.split(':')[1];
  mkdirSync(join(containers, id), { recursive: true });
  save(id, 'state', { status: 'created', restarts: 0 });
  save(id, 'config', {
    service,
    image: definition.image,
    at: Date.now() + Math.random(),
    environment,
    port: definition.network_mode === 'host' ? environment.PORT : published,
    grace: Number.parseInt(definition.stop_grace_period ?? '10', 10),
    alias: service,
  });
  return id;
}

function start(id) {
  if (!exists(id)) throw new Refusal(`No such container: ${id}`);
  if (['running', 'restarting'].includes(stateOf(id).status)) return;
  rmSync(fileOf(id, 'unwanted'), { force: true });
  setState(id, { status: 'running', restarts: 0, pid: undefined });
  spawn(process.execPath, [__filename, 'supervise', id], { detached: true, stdio: 'ignore' }).unref();
  for (let left = 100; stateOf(id).pid === undefined && left > 0; left -= 1) pause(20);
}

/** Runs the program of a container for as long as that is wanted. */
function supervise(id) {
  const { image, environment, port } = configOf(id);
  const program = join(__dirname, 'application.js');
  const child = spawn(process.execPath, [program, image.split(':')[1], ...(port === undefined ? [] : [port])], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => appendFileSync(fileOf(id, 'log'), text));
  setState(id, { status: 'running', pid: child.pid });
  child.on('close', () => {
    if (!isWanted(id)) return;
    const { restarts } = stateOf(id);
    setState(id, { status: 'restarting', restarts: restarts + 1 });
    setTimeout(() => isWanted(id) && supervise(id), 100 * 2 ** restarts);
  });
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(read(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

function stop(id, grace = configOf(id).grace) {
  if (!exists(id)) throw new Refusal(`No such container: ${id}`);
  const { pid, status } = stateOf(id);
  writeFileSync(fileOf(id, 'unwanted'), '');
  if (status === 'created' || pid === undefined) return;
  const signal = (name) => alive(pid) && process.kill(pid, name);
  signal(grace > 0 ? 'SIGTERM' : 'SIGKILL');
  for (const end = Date.now() + grace * 1000; alive(pid) && Date.now() < end;) pause(20);
  signal('SIGKILL');
  while (alive(pid)) pause(20);
  setState(id, { status: 'exited' });
}

function up(words) {
  const names = [];
  const scale = {};
  const options = new Set();
  for (let index = 0; index < words.length; index += 1) {
    if (words[index] === '--scale') {
      const [service, count] = words[(index += 1)].split('=');
      scale[service] = Number(count);
    } else if (words[index].startsWith('--')) options.add(words[index]);
    else names.push(words[index]);
  }
  const defined = services();
  const wanted = names.length > 0 ? names : Object.keys(defined).filter((name) => defined[name].profiles === undefined);
  if (options.has('--remove-orphans')) for (const id of all()) if (defined[configOf(id).service] === undefined) remove(id);
  for (const service of wanted) {
    const definition = defined[service];
    if (definition === undefined) throw new Refusal(`no such service: ${service}`);
    const now = ofService(service);
    const count = scale[service] ?? definition.scale ?? 1;
    for (const id of now.slice(count)) remove(id);
    for (let missing = count - now.length; missing > 0; missing -= 1) create(service, definition);
    if (!options.has('--no-start')) ofService(service).forEach(start);
  }
}

function remove(id) {
  stop(id, 0);
  rmSync(join(containers, id), { recursive: true, force: true });
}

const words = (from) => args.slice(from).filter((word) => !word.startsWith('--'));

function main() {
  switch (args.slice(0, 2).join(' ')) {
    case 'compose up':
      return up(args.slice(2));
    case 'compose ps':
      return words(2)
        .flatMap(ofService)
        .map((id) => `${id}\n`)
        .join('');
    case 'compose start':
      return words(2).flatMap(ofService).forEach(start);
    case 'network disconnect':
      return save(args[3], 'config', { ...configOf(args[3]), alias: undefined });
    case 'network connect': {
      const id = args.at(-1);
      const alias = args[2] === '--alias' ? args[3] : undefined;
      return save(id, 'config', { ...configOf(id), alias });
    }
    case 'image inspect':
      if (!lines(pulled).includes(args.at(-1))) throw new Refusal(`No such image: ${args.at(-1)}`);
      return `${args.at(-1)}\n`;
    case 'image ls':
      return read(pulled);
    case 'image rm':
      return writeFileSync(
        pulled,
        lines(pulled)
          .filter((image) => image !== args.at(-1))
          .map((image) => `${image}\n`)
          .join(''),
      );
    case 'ps --all':
      return all()
        .map((id) => `${id}\n`)
        .join('');
  }
  switch (args[0]) {
    case 'supervise':
      return supervise(args[1]);
    case 'inspect': {
      const ids = args.slice(3);
      if (args[2] === '{{.Image}}') return ids.map((id) => `${configOf(id).image}\n`).join('');
      if (args[2].includes('.NetworkSettings')) return 'shop_default\n';
      const { status, restarts } = stateOf(ids[0]);
      return `${status} ${restarts} none\n`;
    }
    case 'start':
      return words(1).forEach(start);
    case 'stop':
      return words(1).forEach((id) => stop(id));
    case 'rm':
      return words(1).forEach(remove);
    case 'logs':
      return read(fileOf(args.at(-1), 'log'));
    case 'pull':
      if (args.at(-1).endsWith(':absent')) throw new Refusal('manifest unknown');
      return appendFileSync(pulled, `${args.at(-1)}\n`);
    default:
      throw new Refusal(`this test knows no docker ${args.join(' ')}`);
  }
}

function killAt(moment) {
  const [pattern, when, pid] = lines(join(root, 'kill-at'));
  if (when !== moment || !new RegExp(pattern).test(args.join(' '))) return;
  rmSync(join(root, 'kill-at'));
  process.kill(Number(pid), 'SIGKILL');
}

mkdirSync(containers, { recursive: true });
if (args[0] !== 'supervise') appendFileSync(join(root, 'calls'), `docker ${args.join(' ')}\n`);
try {
  killAt('before');
  const printed = main();
  if (typeof printed === 'string') process.stdout.write(printed);
  killAt('after');
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
