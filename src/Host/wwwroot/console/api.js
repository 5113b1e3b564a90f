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
    for (let after = null; ;) {
      const cursor = after === null ? '' : `${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}`;
      const { data, pagination } = await this.get(path + cursor);
      items.push(...data);
      if (!pagination.has_more) return items;
      after = pagination.next_cursor;
    }
  }

  async #ask(method, path, body, isRenewed = false) {
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
    if (answer.status === 401 && !isRenewed && await this.#renew()) return this.#ask(method, path, body, true);
    const json = await answer.json().catch(() => null);
    if (!answer.ok) throw json ?? { code: 'http', title: `The service answers ${answer.status}.`, status: answer.status };
    return json;
  }
}

/** A problem for people: what is the matter, and with which field. */
export function explain(problem) {
  if (problem.code === 'rate_limited') return `That was too fast. Try again in ${problem.retry_after ?? 1} s.`;
  if (problem.code === 'connection_lost') return 'No connection.';
  const fields = Object.entries(problem.errors ?? {}).map(([field, faults]) => `${field.replaceAll('_', ' ')}: ${faults.join(' ')}`);
  return [problem.detail ?? problem.title ?? 'That did not work.', ...fields].join(' ');
}
