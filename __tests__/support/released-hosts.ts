/** Releases on a host that serves, and what is expected of each. */
import type { HostContainer, HostDescription } from '../../src/tiers/box/host/types';
import { type Served, ServingHost } from './serving-host';

export const RELEASE_TOOLS = ['bash', 'jq', 'flock', 'curl', 'nginx'];

/** The hosts of a file of tests: one serves at a time, and all are stopped together. */
export class ReleasedHosts {
  private readonly all: ServingHost[] = [];

  /** The one that was started last. */
  public get host(): ServingHost {
    const last = this.all.at(-1);
    if (last === undefined) throw new Error('no host was started');
    return last;
  }

  public async start(change?: (description: HostDescription) => HostDescription): Promise<void> {
    this.all.push(await ServingHost.start(change));
    this.host.takeCalls();
  }

  public stop(): void {
    for (const one of this.all) one.stop();
  }

  /** Releases a tag and expects that no request fails. */
  public async release(tag: string): Promise<Served> {
    this.host.release(tag);
    const ended = await this.host.served();
    expect({ failures: ended.failures, said: ended.said }).toMatchObject({ failures: [] });
    return ended;
  }

  /** Containers that were created since the last look. */
  public created(): number {
    return this.host.takeCalls().filter((call) => call.includes(' up --no-start')).length;
  }

  /** Exactly one container serves, with this image, under its name. */
  public expectServing(tag: string): void {
    expect(this.host.containers()).toEqual([`shop/backend:${tag} running backend`]);
    expect(this.host.environment).toContain(`IMAGE_BACKEND=shop/backend:${tag}\n`);
  }
}

/** The service of the host, changed. */
export function withService(description: HostDescription, change: Partial<HostContainer>): HostDescription {
  return {
    ...description,
    containers: description.containers.map((one) => (one.key === 'backend' ? ({ ...one, ...change } as HostContainer) : one)),
  };
}
