/** Who is signed in. Stored for this window only, so that several windows may be several people. */
const KEY = 'beat.session';

export function storedSession() {
  try {
    const session = JSON.parse(sessionStorage.getItem(KEY));
    return session?.expiresAt > Date.now() ? session : null;
  } catch {
    return null;
  }
}

export function clearSession() { sessionStorage.removeItem(KEY); }

function store(session) {
  sessionStorage.setItem(KEY, JSON.stringify(session));
  return session;
}

/** Whether one may sign in by name here: with the development issuer. */
export async function canSignInByName() {
  try {
    // Only the development issuer has its keys here.
    return (await fetch('/.well-known/jwks.json')).ok;
  } catch {
    return false;
  }
}

/** Signs in somebody new by that name, or again the person with that profile id. */
export async function signInByName(name, profileId = null) {
  const answer = await fetch('/dev/tokens', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ display_name: name, profile_id: profileId }),
  });
  const body = await answer.json();
  if (!answer.ok) throw body;
  const expiresAt = Date.now() + body.expires_in * 1000;
  return store({ token: body.access_token, profileId: body.profile_id, name, expiresAt, isRenewable: true });
}

/** Signs in with a token of the platform's auth service. The service checks it; here its claims are only read. */
export async function signInByToken(text) {
  const token = text.trim();
  const claims = claimsOf(token);
  if (!claims.profile_id) throw { code: 'token', title: 'This token names no profile.' };
  const answer = await fetch('/api/groups?limit=1', { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw await answer.json();
  return store({ token, profileId: claims.profile_id.toLowerCase(), name: claims.name ?? null, expiresAt: claims.exp * 1000 });
}

function claimsOf(token) {
  try {
    const base64 = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))));
  } catch {
    throw { code: 'token', title: 'This is not an access token.' };
  }
}
