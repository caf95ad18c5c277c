import { equal, ok } from 'node:assert/strict';
import { extensions } from 'vscode';

/** Fails unless our extension is there and starts without an error. */
export async function activateExtension(): Promise<void> {
  const extension = extensions.getExtension('soft-landing.soft-landing');
  ok(extension, 'the extension is not in this editor');
  await extension.activate();
  equal(extension.isActive, true);
}
