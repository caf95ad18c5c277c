import * as vscode from 'vscode';
import { english, type Language } from '../budget/language.ts';

/** The editor's. English has clocks of 24 hours, as on the command line: which form the user's region has only the panel is told. */
export const editorLanguage: Language = {
  t: vscode.l10n.t,
  locale: vscode.env.language === 'en' ? english.locale : vscode.env.language,
};
