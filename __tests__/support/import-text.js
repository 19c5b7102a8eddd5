/** Lets jest import shell and SQL scripts as text, as the bundler does. */
const { readFileSync } = require('node:fs');

module.exports = {
  // Read again: the text that jest passes has lost its first line, which names the interpreter.
  process: (_, path) => ({ code: `module.exports = ${JSON.stringify(readFileSync(path, 'utf8'))};` }),
};
