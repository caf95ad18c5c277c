/** What we use of `node:sqlite`, whose types the oldest Node we build for does not have. */
export interface SqliteDatabase {
  prepare(sql: string): { all(...parameters: readonly (string | number)[]): Record<string, unknown>[] };
  close(): void;
}
interface Sqlite {
  readonly DatabaseSync: new (location: string, options: { readonly readOnly: true }) => SqliteDatabase;
}

/** This Node cannot read SQLite databases. */
export class SqliteMissing extends Error {
  constructor() {
    super(`needs Node 22.5 or later (22.13 without a flag); this is Node ${process.versions.node}`);
  }
}

let found: Sqlite | null = null;

/** Opens a database for reading. Throws SqliteMissing, and SQLite's own errors. */
export function openReadOnly(location: string): SqliteDatabase {
  found ??= lookUp();
  return new found.DatabaseSync(location, { readOnly: true });
}

/** Looked up, not imported: an import of a module that this Node does not have would end the program. */
function lookUp(): Sqlite {
  const node: object = process;
  if (!hasBuiltinModules(node)) throw new SqliteMissing();
  // Node warns on the terminal that its SQLite is experimental; that is ours to know, not the user's.
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    const module: unknown = node.getBuiltinModule('node:sqlite');
    if (!isSqlite(module)) throw new SqliteMissing();
    return module;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function hasBuiltinModules(node: object): node is { getBuiltinModule(id: string): unknown } {
  return 'getBuiltinModule' in node && typeof node.getBuiltinModule === 'function';
}

function isSqlite(module: unknown): module is Sqlite {
  return typeof module === 'object' && module !== null && 'DatabaseSync' in module;
}
