/**
 * What I may do in a group is in its `can`, and the service decides. To whom I may do it depends on ranks, which are compared here only
 * to hide what would be refused.
 */
const RANKS = { member: 0, moderator: 1, admin: 2, owner: 3 };

export const ROLES = ['member', 'moderator', 'admin'];

export const can = (group, capability) => group.can.includes(capability);

const rankOf = (role) => RANKS[role] ?? -1;

export const rankOfMember = (member) => rankOf(member.is_owner ? 'owner' : member.role);

/** Members act on strictly lower ranks only. */
export const outranks = (group, member) => rankOf(group.my_role) > rankOfMember(member);

/** Nobody grants a role above their own, and only the owner makes admins. */
export const canGrant = (group, role) => (role === 'admin' ? group.my_role === 'owner' : rankOf(role) <= rankOf(group.my_role));
