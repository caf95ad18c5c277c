import { render } from 'preact';
import type { PanelSnapshot } from '../protocol/panel.ts';
import { send } from './host.ts';
import './panel.css';
import { PanelView } from './panelView.tsx';
import { newerSnapshot } from './snapshot.ts';

const container = document.getElementById('panel') ?? document.body;
let snapshot: PanelSnapshot | null = null;
let skew = 0;

function draw(): void {
  render(<PanelView snapshot={snapshot} skew={skew} />, container);
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const newer = newerSnapshot(snapshot, event.data);
  if (newer === snapshot || newer === null) return;
  snapshot = newer;
  // Over Remote-SSH the instants come from another machine's clock.
  skew = newer.now - Date.now();
  draw();
});

draw();
send({ type: 'ready' });
