/** A program in a terminal, for tests: node-pty reads nothing inside of jest's own context. Arguments: program, its arguments. */
const { spawn } = require('@cdktf/node-pty-prebuilt-multiarch');

const [program, ...args] = process.argv.slice(2);
const terminal = spawn(program, args, { cols: 80, rows: 24, env: { PATH: process.env.PATH, PS1: '$ ' } });
terminal.onData((data) => process.send({ data }));
terminal.onExit(() => process.send({ ended: true }, () => process.exit()));
process.on('message', ({ data, columns, rows }) => {
  if (data !== undefined) terminal.write(data);
  else terminal.resize(columns, rows);
});
process.on('disconnect', () => {
  terminal.kill('SIGKILL');
  process.exit();
});
