/** Times as people say them. Pure. */

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `3 days`, `47 hours`, `90 seconds`: in the largest unit of which there are two. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [name, size] = UNITS.find(([, length]) => whole >= 2 * length) ?? UNITS[3];
  const number = Math.floor(whole / size);
  return `${number} ${name}${number === 1 ? '' : 's'}`;
}

export function secondsSince(date: Date, now: Date): number {
  return (now.getTime() - date.getTime()) / 1000;
}

/** `3 days ago` */
export function ago(date: Date, now: Date): string {
  return `${duration(secondsSince(date, now))} ago`;
}

/** An image without its registry, and a digest by its beginning: `shop/api:v12`, `shop/api@sha256:0123456789ab`. */
export function shortImage(image: string): string {
  return image.replace(/^[^/]+\.[^/]+\//, '').replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}
