/** A TypeScript language service over files in memory: what an editor completes, shows and underlines in them. */
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');

/** A place in a file is written `«name»` there; the editor sees the file without it. */
const PLACE = /«(\w+)»/;

/** An editor with these files open. */
export class Editor {
  private readonly texts = new Map<string, string>();
  private readonly places = new Map<string, { readonly file: string; readonly position: number }>();
  private readonly service: ts.LanguageService;

  /** @param folder where the files are, from the top of the repository; it need not exist */
  constructor(
    private readonly folder: string,
    files: Readonly<Record<string, string>>,
  ) {
    for (const [name, text] of Object.entries(files)) this.open(join(ROOT, folder, name), text);
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const textOf = (path: string): string | undefined => this.texts.get(path) ?? ts.sys.readFile(path);
    this.service = ts.createLanguageService({
      getCompilationSettings: () => ({ ...options, incremental: false, tsBuildInfoFile: undefined, types: [] }),
      getScriptFileNames: () => [...this.texts.keys()],
      getScriptVersion: () => '1',
      getScriptSnapshot: (path) => {
        const text = textOf(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => ROOT,
      getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
      fileExists: (path) => this.texts.has(path) || ts.sys.fileExists(path),
      readFile: textOf,
      directoryExists: (path) => path === join(ROOT, folder) || ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
    });
  }

  /** What the editor offers at a place, in alphabetical order. */
  completions(place: string): readonly string[] {
    const { file, position } = this.at(place);
    const found = this.service.getCompletionsAtPosition(file, position, {});
    return (found?.entries ?? []).map(({ name }) => name).sort();
  }

  /** The comment that the editor shows for the name at a place. */
  comment(place: string): string {
    const { file, position } = this.at(place);
    return ts.displayPartsToString(this.service.getQuickInfoAtPosition(file, position)?.documentation);
  }

  /** The compiler's complaints about a file: the text that it underlines, and the last line of the message. */
  complaints(name: string): readonly string[] {
    const file = join(ROOT, this.folder, name);
    const found = [...this.service.getSyntacticDiagnostics(file), ...this.service.getSemanticDiagnostics(file)];
    return found.map(({ start = 0, length = 0, messageText }) => {
      const reason = ts.flattenDiagnosticMessageText(messageText, '\n').split('\n').at(-1) ?? '';
      return `${(this.texts.get(file) ?? '').slice(start, start + length)}: ${reason.trim()}`;
    });
  }

  private open(file: string, text: string): void {
    const mark = PLACE.exec(text);
    if (mark === null) {
      this.texts.set(file, text);
      return;
    }
    this.places.set(mark[1]!, { file, position: mark.index });
    this.open(file, text.slice(0, mark.index) + text.slice(mark.index + mark[0].length));
  }

  private at(place: string): { readonly file: string; readonly position: number } {
    const found = this.places.get(place);
    if (found === undefined) throw new Error(`no file has the place «${place}»`);
    return found;
  }
}
