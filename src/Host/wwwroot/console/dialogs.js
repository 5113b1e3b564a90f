import { avatar, dayAndMonth, h } from './dom.js';
import { ROLES, can, canGrant, outranks } from './rules.js';
import { action, confirm, form, pageOf, searchable, sheet } from './sheet.js';

/** Opens the form for a new group, or for the name, description and visibility of an existing one. */
export function groupDialog(state, group, done) {
  sheet(group ? 'Edit group' : 'New group', (close) => {
    const name = h('input', { value: group?.name ?? '', required: true, maxlength: 100, autofocus: true, autocomplete: 'off' });
    const description = h('textarea', { value: group?.description ?? '', required: true, maxlength: 500, rows: 3 });
    const isPublic = h('input', { type: 'checkbox', checked: group?.is_public ?? false });
    return form([
      ['name', 'Name', name], ['description', 'What is it about?', description], ['is_public', 'Anyone may find and join it', isPublic],
    ], group ? 'Save' : 'Create group', async () => {
      const values = { name: name.value.trim(), description: description.value.trim(), is_public: isPublic.checked };
      const saved = group ? await state.api.patch(`/api/groups/${group.id}`, values) : await state.api.post('/api/groups', values);
      await state.enter(saved.id);
      close();
      done?.(saved.id);
    });
  });
}

/** Opens the search for public groups to join. */
export function findDialog(state, done) {
  sheet('Find a group', (close) => searchable(
    'Search public groups',
    async (query, cursor) => {
      const search = query ? `&search=${encodeURIComponent(query)}` : '';
      return pageOf(await state.api.page(`/api/groups/public?limit=50${search}`, cursor));
    },
    (group) => h('li', {},
      avatar(group.id, group.name),
      h('div', { class: 'grow' },
        h('strong', {}, group.name), h('p', {}, group.description), h('small', {}, members(group.member_count))),
      action('Join', `Join ${group.name}`, async () => {
        await state.api.post(`/api/groups/${group.id}/join`);
        await state.enter(group.id);
        close();
        done(group.id);
      })),
    (query) => (query ? `No public group is called “${query}”.` : 'There is no public group that you are not in. Start one!'),
  ));
}

const WEEK = 604_800;
const EXPIRY = [[3_600, '1 hour'], [86_400, '1 day'], [WEEK, '7 days'], [2_592_000, '30 days']];

/** Opens the search for people to invite. */
export function inviteDialog(state, group) {
  sheet(`Invite to ${group.name}`, () => {
    const role = h('select', {}, ROLES.filter((name) => canGrant(group, name)).map((name) => h('option', { value: name }, name)));
    const expiry = h('select', {}, EXPIRY.map(([seconds, name]) => h('option', { value: seconds, selected: seconds === WEEK }, name)));
    const memberIds = new Set((state.members.of(group.id) ?? []).map(({ profile_id: id }) => id));
    const [input, ...list] = searchable(
      'Search people by name',
      async (query, cursor) => (query
        ? pageOf(await state.api.page(`/api/users?limit=20&search=${encodeURIComponent(query)}`, cursor))
        : { items: [] }),
      (person) => h('li', {},
        avatar(person.profile_id, person.display_name), h('strong', { class: 'grow' }, person.display_name ?? 'Someone'),
        memberIds.has(person.profile_id) ? h('small', {}, 'is in') : action('Invite', `Invite ${person.display_name}`, async (button) => {
          const invite = { invitee_id: person.profile_id, role: role.value, expires_in: Number(expiry.value) };
          await state.api.post(`/api/groups/${group.id}/invites`, invite);
          button.replaceWith(h('small', { role: 'status' }, 'invited'));
          state.members.load(group.id);
        })),
      (query) => (query ? `Nobody's name begins with “${query}”.` : 'Whoever has been here once can be found.'),
    );
    const options = [h('label', {}, h('span', {}, 'As'), role), h('label', {}, h('span', {}, 'Valid for'), expiry)];
    return [input, h('div', { class: 'beside filters' }, ...options), ...list];
  });
}

/** Opens what I may do with a member: change their role, make them the owner, remove them. */
export function memberDialog(state, group, member) {
  const name = member.display_name ?? 'Someone';
  const path = `/api/groups/${group.id}/members/${member.profile_id}`;
  sheet(name, (close) => {
    const grantable = ROLES.filter((role) => canGrant(group, role));
    const mayPromote = can(group, 'member:change_role') && outranks(group, member);
    const role = h('select', {}, grantable.map((one) => h('option', { value: one, selected: one === member.role }, one)));
    const ownership = `${name} will own “${group.name}”, and you will be one of its admins.`;
    const transfer = () => confirm('Hand the group over', ownership, 'Hand over', async () => {
      await state.api.post(`/api/groups/${group.id}/transfer`, { member_id: member.profile_id });
      await state.enter(group.id);
      await state.members.load(group.id);
      close();
    });
    const removal = `${name} leaves “${group.name}” at once, and cannot join again for a day unless invited.`;
    const remove = () => confirm(`Remove ${name}`, removal, 'Remove', async () => {
      await state.api.delete(path);
      await state.members.load(group.id);
      close();
    });
    return [
      h('p', { class: 'who' },
        avatar(member.profile_id, name), h('span', {}, `${member.is_owner ? 'owner' : member.role} since ${dayAndMonth(member.joined_at)}`)),
      mayPromote && grantable.includes(member.role) && form([['role', 'Role', role]], 'Change role', async () => {
        await state.api.patch(path, { role: role.value });
        await state.members.load(group.id);
        close();
      }),
      can(group, 'group:transfer') && h('button', { class: 'quiet', onclick: transfer }, 'Make owner'),
      can(group, 'member:kick') && outranks(group, member)
        && h('button', { class: 'quiet danger', onclick: remove }, 'Remove from group'),
    ].filter(Boolean);
  });
}

export const members = (count) => (count === 1 ? '1 member' : `${count} members`);

/** Opens the dialog about me, with the export of my data. */
export function meDialog(state) {
  const name = state.nameOf(state.me);
  sheet(name, () => [
    h('p', { class: 'quiet' }, 'All that you wrote and that names you, one JSON object a line.'),
    action('Download my data', 'Download my data', async () => {
      const file = URL.createObjectURL(await state.api.file('/api/users/me/export'));
      h('a', { href: file, download: 'beat-messaging.ndjson' }).click();
      // By then the browser has saved it.
      setTimeout(() => URL.revokeObjectURL(file), 60_000);
    }, { class: 'quiet' }),
  ]);
}
