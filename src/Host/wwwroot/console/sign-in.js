import { explain } from './api.js';
import { h, text } from './dom.js';
import { become, canChooseName, enter } from './session.js';

/** Who are you? In development a name is enough; elsewhere it takes a token of the auth service. */
export function signIn(done, reason) {
  const fault = h('p', { class: 'fault', role: 'alert' }, reason ?? '');
  const form = (label, input, button, act) => {
    const submit = h('button', { class: 'primary' }, button);
    return h('form', {
      onsubmit: async (event) => {
        event.preventDefault();
        submit.disabled = true;
        text(fault, '');
        try {
          done(await act(input.value.trim()));
        } catch (problem) {
          text(fault, problem instanceof TypeError ? 'The service does not answer.' : explain(problem));
          submit.disabled = false;
        }
      },
    }, h('label', {}, h('span', {}, label), input), submit);
  };
  const byToken = form('Access token', h('textarea', { rows: 4, required: true, spellcheck: 'false', autocomplete: 'off' }), 'Enter', enter);
  const byName = form('Your name', h('input', { required: true, maxlength: 100, autocomplete: 'nickname' }), 'Start chatting', (name) => become(name));
  const ways = h('div', { class: 'ways' });
  const card = h('section', { class: 'welcome', 'aria-labelledby': 'welcome' },
    h('img', { src: '/favicon.svg', alt: '', width: 56, height: 56 }),
    h('h1', { id: 'welcome' }, 'Beat Messaging'),
    h('p', { class: 'quiet' }, 'Chat in groups, and lend each other garments.'),
    ways, fault);
  canChooseName().then((can) => {
    ways.replaceChildren(...(can
      ? [byName, h('p', { class: 'hint' }, 'Open this page in a second window to be somebody else.'), h('details', {}, h('summary', {}, 'Use an access token'), byToken)]
      : [byToken]));
    ways.querySelector('input, textarea').focus();
  });
  return card;
}
