/** Every environment, by name; each file is read only when it is asked for, so that a broken one does not hide the others. */

/** Environment name to its file. */
export const environments: Readonly<Record<string, () => Promise<{ readonly default: unknown; readonly extend?: unknown }>>> = {
  'cloudpartner-mvp': () => import('./cloudpartner/mvp.ts'),
  'cloudpartner-robust': () => import('./cloudpartner/robust.ts'),
  'h2o-dev': () => import('./h2o/dev.ts'),
  'h2o-prod': () => import('./h2o/prod.ts'),
  'infrar-local': () => import('./infrar/local.ts'),
  'infrar-production': () => import('./infrar/production.ts'),
  'infrar-staging': () => import('./infrar/staging.ts'),
  'semiont-production': () => import('./semiont/production.ts'),
  'webrana-growth': () => import('./webrana/growth.ts'),
  'webrana-scale': () => import('./webrana/scale.ts'),
  'webrana-mvp': () => import('./webrana/mvp.ts'),
};
