/** What names of an environment begin with. Pure. */

/** An environment as its file names it. */
export interface EnvironmentName {
  readonly system: string;
  /** With the system: `h2o-prod`. */
  readonly name: string;
}

/** What secrets, image parameters and log groups of an environment are below: `/h2o/prod`. */
export function environmentPath({ system, name }: EnvironmentName): string {
  return `/${system}/${shortEnvironmentName(system, name)}`;
}

/** The environment's name without its system: `prod` of `h2o-prod`. */
export function shortEnvironmentName(system: string, name: string): string {
  return name.startsWith(`${system}-`) ? name.slice(system.length + 1) : name;
}
