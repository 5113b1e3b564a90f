/** What concerns me beyond the messages: notifications, invites to me, and my preferences about notifications. */
export class Inbox {
  notifications = [];
  unread = 0;
  invites = [];
  #preferences = new Map(); #api; #changed;

  constructor({ api, changed }) { [this.#api, this.#changed] = [api, changed]; }

  load() { return Promise.all([this.loadInvites(), this.loadNotifications(), this.#loadPreferences()]); }

  async loadInvites() {
    this.invites = await this.#api.all('/api/invites?status=pending&limit=100');
    this.#changed();
  }

  removeInvite(inviteId) { this.invites = this.invites.filter(({ id }) => id !== inviteId); }

  async loadNotifications() {
    const [{ data }, { unread }] = await Promise.all([
      this.#api.get('/api/notifications?limit=50'), this.#api.get('/api/notifications/unread_count'),
    ]);
    [this.notifications, this.unread] = [data, unread];
    this.#changed();
  }

  /** Puts a new or grown notification first. */
  add(notification) { this.notifications = [notification, ...this.notifications.filter(({ id }) => id !== notification.id)]; }

  remove(notificationId) { this.notifications = this.notifications.filter(({ id }) => id !== notificationId); }

  async markRead({ id }) {
    await this.#api.put(`/api/notifications/${id}/read`);
    await this.loadNotifications();
  }

  async markAllRead() {
    await this.#api.put('/api/notifications/read');
    await this.loadNotifications();
  }

  preference(groupId) { return this.#preferences.get(groupId) ?? { group_id: groupId, level: 'mentions', muted_until: null }; }

  /** Whether a group is muted or set to notify about nothing: what is unread in it is counted, but not in the title. */
  isQuiet(groupId) {
    const { level, muted_until: until } = this.preference(groupId);
    return level === 'none' || (until !== null && new Date(until) > new Date());
  }

  async changePreference(groupId, change) {
    const saved = await this.#api.put('/api/notifications/preferences', { ...this.preference(groupId), ...change });
    this.#preferences.set(groupId, saved);
    this.#changed();
  }

  async #loadPreferences() {
    const preferences = await this.#api.all('/api/notifications/preferences');
    this.#preferences = new Map(preferences.map((preference) => [preference.group_id, preference]));
    this.#changed();
  }
}
