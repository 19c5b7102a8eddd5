/** The headings of the reference pages: where each field is described, once, and which fields a group shares with it. Pure. */
import type { Field, Group } from './fields';
import { code, literal, valueListsOf } from './values';

/** A heading with what it is about. */
export interface Block {
  readonly level: 2 | 3 | 4;
  readonly title: string;
  readonly anchor: string;
  readonly about:
    | { readonly kind: 'field'; readonly field: Field }
    | { readonly kind: 'group'; readonly group: Group; readonly shared: readonly Field[] };
}

/** A place on a page. */
export interface Location {
  readonly page: string;
  readonly anchor: string;
}

/** Where a field is described. */
export interface FieldLocation extends Location {
  readonly path: string;
}

/** The blocks of all pages, and where to find what. */
export interface Layout {
  readonly pages: ReadonlyMap<string, readonly Block[]>;
  /** Place of a declaration to its description. */
  readonly fields: ReadonlyMap<string, FieldLocation>;
  readonly groups: ReadonlyMap<Group, Location>;
  /** List of allowed values, as text, to the first field that has it. */
  readonly valueLists: ReadonlyMap<string, FieldLocation>;
}

/**
 * Lays out sections on pages.
 * @param pages page to the fields of the top level that it describes; a field that several pages reach is described on the first
 */
export function layOut(pages: ReadonlyMap<string, readonly Field[]>): Layout {
  const layout: GrowingLayout = { pages: new Map(), fields: new Map(), groups: new Map(), valueLists: new Map() };
  for (const [page, sections] of pages) new PageLayout(page, layout).add(sections);
  return layout;
}

interface GrowingLayout extends Layout {
  readonly pages: Map<string, readonly Block[]>;
  readonly fields: Map<string, FieldLocation>;
  readonly groups: Map<Group, Location>;
  readonly valueLists: Map<string, FieldLocation>;
}

class PageLayout {
  private readonly blocks: Block[] = [];
  private readonly slugs = new Map<string, number>();

  constructor(
    private readonly page: string,
    private readonly layout: GrowingLayout,
  ) {}

  add(sections: readonly Field[]): void {
    this.layout.pages.set(this.page, this.blocks);
    for (const field of sections) {
      this.describe(field, this.block(2, code(field.path), { kind: 'field', field }));
      field.groups.forEach((group) => this.addGroup(group));
    }
  }

  private addGroup(group: Group): void {
    const described = this.layout.fields;
    const own = group.fields.filter(({ place }) => !described.has(place));
    const shared = group.fields.filter(({ place }) => described.has(place));
    const { path, variant } = group;
    const title = `Fields of ${code(path)}${variant === undefined ? '' : ` with ${code(variant.label)}`}`;
    const location = this.block(3, title, { kind: 'group', group, shared });
    this.layout.groups.set(group, location);
    for (const field of own) {
      // The field that distinguishes a variant is described by the heading of the variant.
      const isVariant = field.name === variant?.discriminator;
      this.describe(field, isVariant ? location : this.block(4, code(field.path), { kind: 'field', field }));
    }
    own.forEach((field) => field.groups.forEach((inner) => this.addGroup(inner)));
  }

  private describe({ place, path, schema }: Field, location: Location): void {
    const described = { ...location, path };
    this.layout.fields.set(place, described);
    for (const values of valueListsOf(schema)) {
      const list = literal(values);
      if (!this.layout.valueLists.has(list)) this.layout.valueLists.set(list, described);
    }
  }

  private block(level: Block['level'], title: string, about: Block['about']): Location {
    const anchor = this.anchorOf(title);
    this.blocks.push({ level, title, anchor, about });
    return { page: this.page, anchor };
  }

  /** The anchor that GitHub gives a heading: repeated ones are numbered. */
  private anchorOf(title: string): string {
    const slug = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = this.slugs.get(slug) ?? 0;
    this.slugs.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  }
}
