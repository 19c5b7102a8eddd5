/** checkov cannot be had on this machine: told in one line, exit code 3, and nothing is pretended. */
export class Unavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Unavailable';
  }
}
