/** Who this window is. Kept for the window only, so that several windows are several people. */
const KEY = 'beat.session';

export function remembered() {
  try {
    const session = JSON.parse(sessionStorage.getItem(KEY));
    return session?.expiresAt > Date.now() ? session : null;
  } catch {
    return null;
  }
}

export function remember(session) { sessionStorage.setItem(KEY, JSON.stringify(session)); return session; }

export function forget() { sessionStorage.removeItem(KEY); }

/** Whether names are handed out here: in development. */
export async function canChooseName() {
  try {
    // Only the built-in issuer shows its keys here.
    return (await fetch('/.well-known/jwks.json')).ok;
  } catch {
    return false;
  }
}

/** Somebody new by that name, or again who they were. */
export async function become(name, profileId = null) {
  const answer = await fetch('/dev/tokens', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ display_name: name, profile_id: profileId }),
  });
  const body = await answer.json();
  if (!answer.ok) throw body;
  return remember({ token: body.access_token, profileId: body.profile_id, name, expiresAt: Date.now() + body.expires_in * 1000, isRenewable: true });
}

/** A token of the platform's auth service. It is the service that checks it; here it is only read. */
export async function enter(token) {
  let claims;
  try {
    const [, part] = token.trim().split('.');
    claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))));
  } catch {
    throw { code: 'token', title: 'This is not an access token.' };
  }
  if (!claims.profile_id) throw { code: 'token', title: 'This token names no profile.' };
  const answer = await fetch('/api/groups?limit=1', { headers: { Authorization: `Bearer ${token.trim()}` } });
  if (!answer.ok) throw await answer.json();
  return remember({ token: token.trim(), profileId: claims.profile_id.toLowerCase(), name: claims.name ?? null, expiresAt: claims.exp * 1000 });
}
