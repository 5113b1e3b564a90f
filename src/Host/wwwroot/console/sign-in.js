import { explain } from './api.js';
import { h, text } from './dom.js';
import { canSignInByName, signInByName, signInByToken } from './session.js';

/** The page to sign in. In development a name is enough; elsewhere it takes a token of the auth service. */
export function signIn(done, reason) {
  const fault = h('p', { class: 'fault', role: 'alert' }, reason ?? '');
  const form = (label, input, button, sign) => {
    const submit = h('button', { class: 'primary' }, button);
    return h('form', {
      onsubmit: async (event) => {
        event.preventDefault();
        submit.disabled = true;
        text(fault, '');
        try {
          done(await sign(input.value));
        } catch (problem) {
          text(fault, problem instanceof TypeError ? 'The service does not answer.' : explain(problem));
          submit.disabled = false;
        }
      },
    }, h('label', {}, h('span', {}, label), input), submit);
  };
  const tokenInput = h('textarea', { rows: 4, required: true, spellcheck: 'false', autocomplete: 'off' });
  const byToken = form('Access token', tokenInput, 'Enter', signInByToken);
  const nameInput = h('input', { required: true, maxlength: 100, autocomplete: 'nickname' });
  const byName = form('Your name', nameInput, 'Start chatting', (name) => signInByName(name.trim()));
  const forms = h('div', { class: 'ways' });
  const card = h('section', { class: 'welcome', 'aria-labelledby': 'welcome' },
    h('img', { src: '/favicon.svg', alt: '', width: 56, height: 56 }),
    h('h1', { id: 'welcome' }, 'Beat Messaging'),
    h('p', { class: 'quiet' }, 'Chat in groups, and lend each other garments.'),
    forms, fault);
  canSignInByName().then((isPossible) => {
    const hint = h('p', { class: 'hint' }, 'Open this page in a second window to be somebody else.');
    forms.replaceChildren(...(isPossible
      ? [byName, hint, h('details', {}, h('summary', {}, 'Use an access token'), byToken)]
      : [byToken]));
    forms.querySelector('input, textarea').focus();
  });
  return card;
}
