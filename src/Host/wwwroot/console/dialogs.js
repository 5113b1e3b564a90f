import { explain } from './api.js';
import { avatar, dueOf, h, iconButton, text, whenOf } from './dom.js';
import { ROLES, canActOn, canGrant, rankOf } from './rules.js';

/** A modal sheet. Escape, its close button and a click beside it close it; focus returns to where it was. */
function sheet(title, fill) {
  const element = h('dialog', { 'aria-label': title });
  const close = () => element.close();
  const body = h('div', { class: 'sheet' }, h('header', {}, h('h2', {}, title), iconButton('close', 'Close', close)));
  body.append(...[fill(close, element)].flat());
  element.append(body);
  element.onclose = () => element.remove();
  element.onclick = (event) => { if (event.target === element) close(); };
  document.body.append(element);
  element.showModal();
  element.querySelector('[autofocus]')?.focus();
  return element;
}

/** A form that says beside each field what is wrong with it, and closes when its action is done. */
function form(fields, label, act, { danger = false, before = [], after = [] } = {}) {
  const faults = new Map(fields.map(([name]) => [name, h('p', { class: 'fault', id: `fault-${name}` })]));
  const fault = h('p', { class: 'fault', role: 'alert' });
  const submit = h('button', { class: danger ? 'primary danger' : 'primary' }, label);
  return h('form', {
    onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      for (const shown of [fault, ...faults.values()]) text(shown, '');
      try {
        await act();
      } catch (problem) {
        const named = Object.entries(problem.errors ?? {}).filter(([name]) => faults.has(name));
        for (const [name, wrong] of named) text(faults.get(name), wrong.join(' '));
        if (named.length === 0) text(fault, explain(problem));
      } finally {
        submit.disabled = false;
      }
    },
  }, ...before, ...fields.map(([name, title, input]) => {
    input.setAttribute('aria-describedby', `fault-${name}`);
    const isCheck = input.type === 'checkbox';
    const label = h('label', { class: isCheck ? 'check' : null }, ...(isCheck ? [input, h('span', {}, title)] : [h('span', {}, title), input]));
    return h('div', { class: 'field' }, label, faults.get(name));
  }), fault, ...after, h('footer', {}, submit));
}

export function confirm(title, explanation, label, act) {
  sheet(title, (close) => form([], label, async () => { await act(); close(); }, { danger: true, before: [h('p', {}, explanation)] }));
}

/** A new group, or another face for one that is there. */
export function groupDialog(state, group, done) {
  sheet(group ? 'Edit group' : 'New group', (close) => {
    const name = h('input', { value: group?.name ?? '', required: true, maxlength: 100, autofocus: true, autocomplete: 'off' });
    const description = h('textarea', { value: group?.description ?? '', required: true, maxlength: 500, rows: 3 });
    const isPublic = h('input', { type: 'checkbox', checked: group?.is_public ?? false });
    return form([
      ['name', 'Name', name], ['description', 'What is it about?', description], ['is_public', 'Anyone may find and join it', isPublic],
    ], group ? 'Save' : 'Create group', async () => {
      const face = { name: name.value.trim(), description: description.value.trim(), is_public: isPublic.checked };
      const saved = group ? await state.api.patch(`/api/groups/${group.id}`, face) : await state.api.post('/api/groups', face);
      await state.enter(saved.id);
      close();
      done?.(saved.id);
    });
  });
}

/** A list that follows what is typed. */
function searchable(placeholder, find, row, empty) {
  const input = h('input', { type: 'search', placeholder, 'aria-label': placeholder, autofocus: true, autocomplete: 'off' });
  const list = h('ul', { class: 'rows' });
  const note = h('p', { class: 'empty', role: 'status' });
  let asked = 0;
  const search = async () => {
    const mine = ++asked;
    try {
      const found = await find(input.value.trim());
      if (mine !== asked) return;
      list.replaceChildren(...found.map(row));
      text(note, found.length ? '' : empty(input.value.trim()));
    } catch (problem) {
      if (mine === asked) text(note, explain(problem));
    }
  };
  let timer;
  input.oninput = () => { clearTimeout(timer); timer = setTimeout(search, 200); };
  search();
  return [input, list, note];
}

export function findDialog(state, done) {
  sheet('Find a group', (close) => searchable(
    'Search public groups',
    async (wanted) => (await state.api.get(`/api/groups/public?limit=50${wanted ? `&search=${encodeURIComponent(wanted)}` : ''}`)).data,
    (group) => h('li', {}, avatar(group.id, group.name), h('div', { class: 'grow' }, h('strong', {}, group.name), h('p', {}, group.description),
      h('small', {}, members(group.member_count))),
    action(`Join`, `Join ${group.name}`, async () => {
      await state.api.post(`/api/groups/${group.id}/join`);
      await state.enter(group.id);
      close();
      done(group.id);
    })),
    (wanted) => (wanted ? `No public group is called “${wanted}”.` : 'There is no public group that you are not in. Start one!'),
  ));
}

export function inviteDialog(state, group) {
  sheet(`Invite to ${group.name}`, () => {
    const role = h('select', { 'aria-label': 'As' }, ROLES.filter((name) => canGrant(group, name)).map((name) => h('option', { value: name }, name)));
    const present = new Set((state.members.get(group.id) ?? []).map(({ profile_id: id }) => id));
    const [input, list, note] = searchable(
      'Search people by name',
      async (wanted) => (wanted ? (await state.api.get(`/api/users?limit=20&search=${encodeURIComponent(wanted)}`)).data : []),
      (person) => h('li', {}, avatar(person.profile_id, person.display_name), h('strong', { class: 'grow' }, person.display_name ?? 'Someone'),
        present.has(person.profile_id) ? h('small', {}, 'is in') : action('Invite', `Invite ${person.display_name}`, async (button) => {
          await state.api.post(`/api/groups/${group.id}/invites`, { invitee_id: person.profile_id, role: role.value });
          button.replaceWith(h('small', { role: 'status' }, 'invited'));
          state.loadMembers(group.id);
        })),
      (wanted) => (wanted ? `Nobody's name begins with “${wanted}”.` : 'Whoever has been here once can be found.'),
    );
    return [h('div', { class: 'beside' }, input, role), list, note];
  });
}

/** One member: what I may do about them. */
export function memberDialog(state, group, member) {
  const name = member.display_name ?? 'Someone';
  const path = `/api/groups/${group.id}/members/${member.profile_id}`;
  sheet(name, (close) => {
    const grantable = ROLES.filter((role) => canGrant(group, role));
    const mayPromote = rankOf(group.my_role) >= rankOf('admin') && canActOn(group, member);
    const role = h('select', {}, grantable.map((one) => h('option', { value: one, selected: one === member.role }, one)));
    return [
      h('p', { class: 'who' }, avatar(member.profile_id, name), h('span', {}, `${member.is_owner ? 'owner' : member.role} since ${dueOf(member.joined_at)}`)),
      mayPromote && grantable.includes(member.role) && form([['role', 'Role', role]], 'Change role', async () => {
        await state.api.patch(path, { role: role.value });
        await state.loadMembers(group.id);
        close();
      }),
      group.my_role === 'owner' && h('button', {
        class: 'quiet', onclick: () => confirm('Hand the group over', `${name} will own “${group.name}”, and you will be one of its admins.`, 'Hand over', async () => {
          await state.api.post(`/api/groups/${group.id}/transfer`, { member_id: member.profile_id });
          await state.enter(group.id);
          await state.loadMembers(group.id);
          close();
        }),
      }, 'Make owner'),
      canActOn(group, member) && rankOf(group.my_role) >= rankOf('moderator') && h('button', {
        class: 'quiet danger', onclick: () => confirm(`Remove ${name}`, `${name} leaves “${group.name}” at once, and cannot join again for a day unless invited.`, 'Remove', async () => {
          await state.api.delete(path);
          await state.loadMembers(group.id);
          close();
        }),
      }, 'Remove from group'),
    ].filter(Boolean);
  });
}

export function notificationsDialog(state, go) {
  let follow;
  const shown = sheet('Notifications', (close) => {
    const list = h('ul', { class: 'rows' });
    const note = h('p', { class: 'empty' });
    const all = h('button', { class: 'quiet', onclick: () => state.readNotifications().catch(() => {}) }, 'Mark all as read');
    const allow = h('button', { class: 'quiet', onclick: async () => { await Notification.requestPermission(); follow(); } }, 'Show them on my desktop, too');
    follow = () => {
      list.replaceChildren(...state.notifications.map((one) => h('li', { class: one.read ? null : 'unread' }, h('button', {
        class: 'row', onclick: () => {
          if (!one.read) state.readNotification(one).catch(() => {});
          const groupId = one.data?.group_id;
          if (groupId && state.groups.has(groupId)) { close(); go(groupId); }
        },
      }, h('span', { class: 'grow' }, h('strong', {}, one.title), h('p', {}, one.body)), h('small', {}, one.read ? '' : 'new · ', whenOf(one.inserted_at))))));
      text(note, state.notifications.length ? '' : 'Nothing yet. Invitations and changes of your role will be here.');
      all.hidden = state.unreadNotifications === 0;
      allow.hidden = !('Notification' in globalThis) || Notification.permission !== 'default';
    };
    follow();
    return [list, note, h('footer', {}, allow, all)];
  });
  state.addEventListener('change', follow);
  shown.addEventListener('close', () => state.removeEventListener('change', follow));
}

export const members = (count) => (count === 1 ? '1 member' : `${count} members`);

/** A button that does one thing and says beside itself why it could not. */
export function action(label, name, act, attributes = {}) {
  const fault = h('small', { class: 'fault', role: 'alert' });
  const button = h('button', {
    type: 'button', class: 'small', 'aria-label': name, ...attributes, onclick: async () => {
      button.disabled = true;
      text(fault, '');
      try { await act(button); } catch (problem) { text(fault, explain(problem)); } finally { button.disabled = false; }
    },
  }, label);
  return h('span', { class: 'action' }, button, fault);
}
