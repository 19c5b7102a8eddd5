/** Rules about pinned images: the reference means one image. */
import { CONTAINER_SECTIONS, containersOf, programsOf } from './located';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

/** Without tag and digest, or with the tag that every release moves. */
const MOVING = /^(?:[^:@]|:\d+\/)+(?::latest)?$/;

const pinnedMeansOne = defineRule({
  id: 'image-moving',
  severity: 'warning',
  summary: 'A pinned image has a tag other than `latest`, or a digest.',
  reads: [],
  also: CONTAINER_SECTIONS,
  check: (environment) =>
    programsOf(containersOf(environment)).flatMap(({ path, value: { image } }) =>
      findingIf(
        typeof image !== 'string' && MOVING.test(image.pinned),
        `${path}.image.pinned`,
        typeof image === 'string' ? image : image.pinned,
        'the image changes without a release: each start runs whatever was pushed last',
        'add the tag of a version, or the digest',
      ),
    ),
});

export const IMAGE_RULES: readonly Rule[] = [pinnedMeansOne];
