import { render } from 'preact';
import { send } from './host.ts';
import { keepKeyboardOverMenus } from './menuFocus.ts';
import './panel.css';
import { PanelView } from './panelView.tsx';
import { PictureKeeper } from './picture.ts';

const container = document.getElementById('panel') ?? document.body;
const keeper = new PictureKeeper();
let skew = 0;
let asked = '';

function draw(): void {
  render(<PanelView picture={keeper.picture} sizes={keeper.sizes} skew={skew} />, container);
}

/** Older pages come after what can be seen is drawn. */
function askForMore(): void {
  const keys = keeper.missing();
  // Asked for once: what is not sent has been replaced, and the next picture says by what.
  if (keys.length === 0 || asked === keys.join()) return;
  asked = keys.join();
  send({ type: 'pages', keys: [...keys] });
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const before = keeper.picture;
  if (!keeper.take(event.data)) return;
  const { picture } = keeper;
  // Over Remote-SSH the instants come from another machine's clock.
  if (picture !== null && picture.revision !== before?.revision) skew = picture.now - Date.now();
  draw();
  setTimeout(askForMore);
});

keepKeyboardOverMenus();
draw();
send({ type: 'ready' });
