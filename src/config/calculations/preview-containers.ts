/** Which containers of its environment a preview has. Pure. */

interface Choice {
  readonly containers?: readonly string[];
  readonly jobs: readonly string[];
}

interface Sections {
  readonly services: object;
  readonly workers: object;
}

/** The keys of the services and workers that a preview runs: all in these sections, unless it names them. */
export function runningInPreview({ containers }: Pick<Choice, 'containers'>, ...sections: readonly object[]): readonly string[] {
  return containers ?? sections.flatMap((section) => Object.keys(section));
}

/** The keys of everything that a preview has, its jobs included. */
export function previewContainers(choice: Choice, { services, workers }: Sections): readonly string[] {
  return [...runningInPreview(choice, services, workers), ...choice.jobs];
}
