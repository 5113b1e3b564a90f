/** How often a request that a store was too late for is made again; its answer says after how many seconds. */
const REPEATS = 3;

/** By its nature: the same request again finds done what it asks for. A send and a new group need an id for that. */
const isSafeToRepeat = (method, path) => method !== 'POST' || /\/(join|leave|accept|decline)$/.test(path);

const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });

/**
 * REST, as this service answers it. What it refuses rejects with its problem object; silence with {code: 'connection_lost'}. Without a
 * valid token it asks `renew` for a new one, once. While a store is late (503 `store_unavailable`) it repeats what may be repeated.
 */
export class Api {
  #token; #renew;

  constructor(token, renew) { this.#token = token; this.#renew = renew; }

  get(path) { return this.#ask('GET', path); }
  post(path, body) { return this.#ask('POST', path, body); }
  put(path, body) { return this.#ask('PUT', path, body); }
  patch(path, body) { return this.#ask('PATCH', path, body); }
  delete(path) { return this.#ask('DELETE', path); }

  /** Every page of a list. */
  async all(path) {
    const items = [];
    for (let cursor = null; ;) {
      const { data, pagination } = await this.page(path, cursor);
      items.push(...data);
      if (!pagination.has_more) return items;
      cursor = pagination.next_cursor;
    }
  }

  /** One page of a list, after a cursor. */
  page(path, cursor = null) {
    return this.get(cursor === null ? path : `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(cursor)}`);
  }

  /** What is not JSON, as a file. */
  async file(path) { return (await this.#fetch('GET', path)).blob(); }

  async #ask(method, path, body) { return (await this.#fetch(method, path, body)).json().catch(() => null); }

  async #fetch(method, path, body, isRenewed = false, repeats = REPEATS) {
    let answer;
    try {
      answer = await fetch(path, {
        method,
        headers: { Authorization: `Bearer ${this.#token()}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw { code: 'connection_lost', title: 'The service does not answer.' };
    }
    if (answer.status === 401 && !isRenewed && await this.#renew()) return this.#fetch(method, path, body, true, repeats);
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => null) ?? { code: 'http', title: `The service answers ${answer.status}.`, status: answer.status };
    if (problem.code !== 'store_unavailable' || repeats === 0 || !isSafeToRepeat(method, path)) throw problem;
    await pause(problem.retry_after ?? 1);
    return this.#fetch(method, path, body, isRenewed, repeats - 1);
  }
}

/** A problem for people: what is the matter, with which field, and when to try again. */
export function explain(problem) {
  if (problem.code === 'rate_limited') return `That was too fast. Try again in ${waitOf(problem.retry_after ?? 1)}.`;
  if (problem.code === 'connection_lost') return 'No connection.';
  const fields = Object.entries(problem.errors ?? {}).map(([field, faults]) => `${field.replaceAll('_', ' ')}: ${faults.join(' ')}`);
  return [problem.detail ?? problem.title ?? 'That did not work.', ...fields, problem.retry_after && `Try again in ${waitOf(problem.retry_after)}.`].filter(Boolean).join(' ');
}

export const waitOf = (seconds) => (seconds < 60 ? `${seconds} s` : seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`);
