import { forget, remembered } from './session.js';
import { shell } from './shell.js';
import { signIn } from './sign-in.js';
import { State } from './state.js';

const app = document.getElementById('app');

function begin(session, reason) {
  if (!session) {
    app.replaceChildren(signIn(begin, reason));
    app.querySelector('input')?.focus();
    return;
  }
  const state = new State(session);
  const end = (why) => {
    state.stop();
    view.stop();
    forget();
    begin(null, why);
  };
  const view = shell(state, end);
  app.replaceChildren(view.element);
  state.addEventListener('expired', () => end('Your access token has expired.'));
  state.start();
}

begin(remembered());
