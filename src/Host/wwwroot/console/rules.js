/**
 * What may be done here: the service says it in a group's `can`, and decides. Whom one may do it to is a matter of rank, which only
 * keeps from view what would be refused.
 */
const RANKS = { member: 0, moderator: 1, admin: 2, owner: 3 };

export const ROLES = ['member', 'moderator', 'admin'];

export const can = (group, what) => group.can.includes(what);

const rankOf = (role) => RANKS[role] ?? -1;

export const rankOfMember = (member) => rankOf(member.is_owner ? 'owner' : member.role);

/** One acts on lower ranks only. */
export const outranks = (group, member) => rankOf(group.my_role) > rankOfMember(member);

/** Nobody grants more than they have, and admin comes from the owner. */
export const canGrant = (group, role) => (role === 'admin' ? group.my_role === 'owner' : rankOf(role) <= rankOf(group.my_role));
