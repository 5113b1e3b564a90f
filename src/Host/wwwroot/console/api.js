/**
 * REST, as this service answers it. What it refuses rejects with its problem object; silence with {code: 'connection_lost'}. Without a
 * valid token it asks `renew` for a new one, once.
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

  async #fetch(method, path, body, isRenewed = false) {
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
    if (answer.status === 401 && !isRenewed && await this.#renew()) return this.#fetch(method, path, body, true);
    if (!answer.ok) throw await answer.json().catch(() => null) ?? { code: 'http', title: `The service answers ${answer.status}.`, status: answer.status };
    return answer;
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
