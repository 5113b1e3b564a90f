/** How often a request is repeated when a store answered too late; the answer says after how many seconds. */
const REPEATS = 3;

/** Whether making the same request twice has the effect of making it once. */
const isSafeToRepeat = (method, path) => method !== 'POST' || /\/(join|leave|accept|decline)$/.test(path);

const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

/**
 * The service's REST interface. A refused request rejects with its problem object, one without an answer with {code: 'connection_lost'}.
 * When the token is refused, `renew` is asked for a new one, once. While a store is unavailable (503 `store_unavailable`), requests that
 * are safe to repeat are repeated.
 */
export class Api {
  #token; #renew;

  constructor(token, renew) { this.#token = token; this.#renew = renew; }

  get(path) { return this.#json('GET', path); }
  post(path, body) { return this.#json('POST', path, body); }
  put(path, body) { return this.#json('PUT', path, body); }
  patch(path, body) { return this.#json('PATCH', path, body); }
  delete(path) { return this.#json('DELETE', path); }

  /** Returns the items of all pages of a list. */
  async all(path) {
    const items = [];
    for (let cursor = null; ;) {
      const { data, pagination } = await this.page(path, cursor);
      items.push(...data);
      if (!pagination.has_more) return items;
      cursor = pagination.next_cursor;
    }
  }

  /** Returns one page of a list, after a cursor. */
  page(path, cursor = null) {
    return this.get(cursor === null ? path : `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(cursor)}`);
  }

  /** Returns an answer that is not JSON, as a file. */
  async file(path) { return (await this.#fetch('GET', path)).blob(); }

  async #json(method, path, body) { return (await this.#fetch(method, path, body)).json().catch(() => null); }

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
    const unknown = { code: 'http', title: `The service answers ${answer.status}.`, status: answer.status };
    const problem = await answer.json().catch(() => null) ?? unknown;
    if (problem.code !== 'store_unavailable' || repeats === 0 || !isSafeToRepeat(method, path)) throw problem;
    await pause(problem.retry_after ?? 1);
    return this.#fetch(method, path, body, isRenewed, repeats - 1);
  }
}

/** Returns a problem as text for the user: what is wrong, with which field, and when to try again. */
export function explain(problem) {
  if (problem.code === 'rate_limited') return `That was too fast. Try again in ${durationOf(problem.retry_after ?? 1)}.`;
  if (problem.code === 'connection_lost') return 'No connection.';
  const fields = Object.entries(problem.errors ?? {}).map(([field, faults]) => `${field.replaceAll('_', ' ')}: ${faults.join(' ')}`);
  const retry = problem.retry_after && `Try again in ${durationOf(problem.retry_after)}.`;
  return [problem.detail ?? problem.title ?? 'That did not work.', ...fields, retry].filter(Boolean).join(' ');
}

export function durationOf(seconds) {
  if (seconds < 60) return `${seconds} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}
