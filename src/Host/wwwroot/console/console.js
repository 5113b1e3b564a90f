import { clearSession, storedSession } from './session.js';
import { shell } from './shell.js';
import { signIn } from './sign-in.js';
import { State } from './state.js';

const app = document.getElementById('app');

/** Shows the console to whoever is signed in, or the page to sign in; `reason` says why somebody was signed out. */
function start(session, reason) {
  if (!session) {
    app.replaceChildren(signIn(start, reason));
    app.querySelector('input')?.focus();
    return;
  }
  const state = new State(session);
  const signOut = (why) => {
    state.stop();
    view.stop();
    clearSession();
    start(null, why);
  };
  const view = shell(state, signOut);
  app.replaceChildren(view.element);
  state.addEventListener('expired', () => signOut('Your access token has expired.'));
  state.start();
}

start(storedSession());
