import * as vscode from 'vscode';
import { english, type Language } from '../budget/language.ts';

/** The editor's. English keeps clocks of 24 hours, as the panel and the command line do. */
export const editorLanguage: Language = {
  t: vscode.l10n.t,
  locale: vscode.env.language === 'en' ? english.locale : vscode.env.language,
};
