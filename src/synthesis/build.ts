/** The constructs of a subject. Loading this module loads everything that builds stacks: it is imported when one is built. */
import type { App } from 'cdktf';
import { addBootstrap } from '../stacks/bootstrap-stack';
import { EmulatedStack } from '../stacks/emulated-stack';
import { addEnvironment } from '../stacks/environment';
import { addZone } from '../stacks/shared-zone';
import type { Subject } from './tasks';

/** Adds the stacks of a subject to an app. */
export function build(app: App, subject: Subject): void {
  switch (subject.kind) {
    case 'environment':
      addEnvironment(app, subject.environment, subject.extensions);
      return;
    case 'emulated':
      new EmulatedStack(app, subject.emulated);
      return;
    case 'store':
      addBootstrap(app, subject.store, subject.refreshActions);
      return;
    case 'zone':
      addZone(app, subject.zone);
  }
}
