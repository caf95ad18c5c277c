import path from 'node:path';

// Where they are, apart from how they are read: who only asks whether there is one loads no schema for it.

export function limitsFile(stateFolder: string): string {
  return path.join(stateFolder, 'limits.json');
}

export function preferencesFile(stateFolder: string): string {
  return path.join(stateFolder, 'preferences.json');
}
