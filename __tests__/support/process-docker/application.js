/**
 * The program of a container of `docker.js`: an HTTP server whose tag decides how it behaves. `application.js <tag> <port>`
 *
 *   crash    ends at once            error     answers 500            slow-<seconds>   listens after some seconds
 *   hang     ignores SIGTERM         abrupt    ends at SIGTERM without answering what it was asked
 *
 * Every other tag answers at once, and ends in order. `/wait-<milliseconds>` answers after that time. Without a port it is a worker.
 */
const { createServer } = require('node:http');

const [tag = '', port = ''] = process.argv.slice(2);
console.log(`${tag} starts with JWT_SECRET=${process.env.JWT_SECRET ?? ''}`);

if (tag === 'crash') {
  console.error('the table "orders" does not exist');
  process.exit(1);
}
if (tag === 'abrupt') process.on('SIGTERM', () => process.exit(143));
else if (tag === 'hang') process.on('SIGTERM', () => console.log('SIGTERM is ignored'));
else process.on('SIGTERM', () => (server.listening ? server.close(() => process.exit(0)) : process.exit(0)));

const server = createServer((request, response) => {
  const wait = Number(/^\/wait-(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  response.setHeader('connection', 'close');
  request.resume();
  request.on('end', () => {
    setTimeout(() => {
      response.statusCode = tag === 'error' ? 500 : 200;
      response.end(`${tag} ${process.env.JWT_SECRET ?? ''}`);
    }, wait);
  });
});
const seconds = Number(/^slow-(\d+)$/.exec(tag)?.[1] ?? 0);
if (port === '') setInterval(() => undefined, 60_000);
else setTimeout(() => server.listen(Number(port), '127.0.0.1'), seconds * 1000);
