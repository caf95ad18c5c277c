import type { FolderView } from '../protocol/panel.ts';
import { Button } from './button.tsx';
import { send } from './host.ts';
import { strings } from './strings.ts';

interface EmptyStateProps {
  readonly text: string;
  readonly children?: preact.ComponentChildren;
}

/** One sentence that says why there is nothing, and the one thing to do about it. */
function EmptyState({ text, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <p>{text}</p>
      {children}
    </div>
  );
}

// A link, not a message: VS Code opens links of a webview in the browser by itself.
function GetGit({ label }: { readonly label: string }) {
  return (
    <a class="button primary" href="https://git-scm.com/downloads" data-action="getGit">
      <span class="button-label">{label}</span>
    </a>
  );
}

export function ManageTrust() {
  return (
    <EmptyState text={strings.untrusted}>
      <Button
        look="primary"
        label={strings.manageTrust}
        action="manageTrust"
        onPress={() => send({ type: 'manageTrust' })}
      />
    </EmptyState>
  );
}

export function OpenFolder() {
  return (
    <EmptyState text={strings.noFolder}>
      <Button
        look="primary"
        label={strings.openFolder}
        action="openFolder"
        onPress={() => send({ type: 'openFolder' })}
      />
    </EmptyState>
  );
}

/** Why this folder shows no checkpoints. */
export function EmptyFolder({ folder }: { readonly folder: FolderView }) {
  const { root } = folder;
  switch (folder.problem) {
    case 'untrusted':
      return <ManageTrust />;
    case 'no-git':
      return (
        <EmptyState text={strings.noGit}>
          <GetGit label={strings.getGit} />
        </EmptyState>
      );
    case 'git-too-old':
      return (
        <EmptyState text={strings.gitTooOld}>
          <GetGit label={strings.updateGit} />
        </EmptyState>
      );
    case 'not-a-repository':
      return (
        <EmptyState text={strings.notARepository}>
          <Button
            look="primary"
            label={strings.create}
            action="createCheckpoint"
            onPress={() => send({ type: 'createCheckpoint', root })}
          />
          <Button
            look="link"
            label={strings.initRepository}
            action="initRepository"
            onPress={() => send({ type: 'initRepository', root })}
          />
        </EmptyState>
      );
    case 'failed':
      return (
        <EmptyState text={strings.failed(folder.detail)}>
          <Button look="primary" label={strings.showLog} action="showLog" onPress={() => send({ type: 'showLog' })} />
        </EmptyState>
      );
    case null:
      return folder.hooksInstalled ? (
        <EmptyState text={strings.nothingHooked} />
      ) : (
        <EmptyState text={strings.nothingUnhooked}>
          <Button
            look="primary"
            label={strings.installHooks}
            action="installHooks"
            onPress={() => send({ type: 'installHooks', root })}
          />
        </EmptyState>
      );
  }
}
