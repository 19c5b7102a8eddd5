/** Names: within AWS's limits, distinct, and the nearest ones to a mistyped one. */
import fc from 'fast-check';
import { fitName, NAME_LIMITS, resourceName, shortEnvironmentName } from '../../src/config/names';
import { editDistance, nearestName, nearestNames, suggest } from '../../src/config/problems/nearest';

const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,58}[a-z0-9]$/);
const kind = fc.constantFrom(...(Object.keys(NAME_LIMITS) as (keyof typeof NAME_LIMITS)[]));

describe('names of AWS resources', () => {
  it('never exceed the limit, and end in a letter or digit', () => {
    fc.assert(
      fc.property(part, part, kind, (environment, thing, of) => {
        const name = resourceName(environment, thing, of);
        expect(name.length).toBeLessThanOrEqual(NAME_LIMITS[of]);
        expect(name).toMatch(/^[a-z].*[a-z0-9]$/);
      }),
    );
  });

  it('stay as they are where they fit', () => {
    expect(resourceName('h2o-prod', 'api', 'targetGroup')).toBe('h2o-prod-api');
    fc.assert(fc.property(fc.string({ maxLength: 32 }), (text) => expect(fitName(text, 32)).toBe(text)));
  });

  it('stay distinct where they are cut at the same place', () => {
    const long = 'webrana-growth-with-a-very-long-service-name';
    expect(fitName(`${long}-one`, 32)).not.toBe(fitName(`${long}-two`, 32));
    fc.assert(
      fc.property(part, part, part, (environment, one, other) => {
        fc.pre(one !== other);
        expect(resourceName(environment, one, 'loadBalancer')).not.toBe(resourceName(environment, other, 'loadBalancer'));
      }),
    );
  });

  it('do not repeat the system in paths', () => {
    expect(shortEnvironmentName('h2o', 'h2o-prod')).toBe('prod');
    expect(shortEnvironmentName('h2o', 'h2oprod')).toBe('h2oprod');
  });
});

describe('suggestions', () => {
  const environments = ['h2o-dev', 'h2o-prod', 'infrar-staging', 'infrar-production', 'webrana-growth'];

  it('find what was meant by a slip, a swap, or a part of the name', () => {
    expect(nearestName('h2o-prdo', environments)).toBe('h2o-prod');
    expect(nearestName('webrana-grwoth', environments)).toBe('webrana-growth');
    expect(nearestName('staging', environments)).toBe('infrar-staging');
    expect(nearestNames('prod', environments)).toEqual(['h2o-prod', 'infrar-production']);
  });

  it('stay silent when nothing is near', () => {
    expect(nearestName('semiont', environments)).toBeUndefined();
    expect(suggest('semiont', environments, 'declare it')).toBe('declare it');
  });

  it('measure distance as a metric would', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
        expect(editDistance(one, other)).toBe(editDistance(other, one));
        expect(editDistance(one, other) === 0).toBe(one === other);
        expect(editDistance(one, other)).toBeLessThanOrEqual(Math.max(one.length, other.length));
      }),
    );
    expect(editDistance('single', 'sinlge')).toBe(1);
  });
});
