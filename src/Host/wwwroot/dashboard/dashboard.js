// Asks this node once a second for its last two minutes, and draws them.
const charts = [
  { title: 'Requests', unit: '/s', first: 'requests' },
  { title: 'Messages stored', unit: '/s', first: 'messages' },
  { title: 'Deliveries to connections', unit: '/s', first: 'deliveries' },
  { title: 'Connections', unit: '', first: 'connections' },
  { title: 'Message store, p50 and p99', unit: 'ms', first: 'history_p50', second: 'history_p99' },
  { title: 'Tables, p50 and p99', unit: 'ms', first: 'tables_p50', second: 'tables_p99' },
  { title: 'Owed deliveries', unit: '', first: 'owed' },
  { title: 'Oldest owed', unit: 's', first: 'lag' },
  { title: 'Memory', unit: 'MiB', first: 'memory' },
];
const [width, height, seconds] = [300, 64, 120];
const by = (id) => document.getElementById(id);
let token = null;

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const shape = (name, className) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  made.setAttribute('class', className);
  return made;
};

for (const chart of charts) {
  chart.output = element('output', { textContent: '–' });
  const svg = shape('svg', '');
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  chart.area = shape('path', 'area');
  chart.lines = [[chart.first, shape('path', 'first')]];
  if (chart.second) chart.lines.push([chart.second, shape('path', 'second')]);
  svg.append(chart.area, ...chart.lines.map(([, path]) => path));
  by('charts').append(element('figure', {}, element('figcaption', { textContent: chart.title }), chart.output, svg));
}

const told = (value) => value == null ? '–'
  : value.toLocaleString('en', { maximumFractionDigits: value < 10 && value % 1 ? 2 : 0 });

function draw(chart, samples) {
  const most = Math.max(1e-9, ...samples.flatMap((sample) => chart.lines.map(([field]) => sample[field] ?? 0)));
  const x = (index) => width - (samples.length - 1 - index) * (width / (seconds - 1));
  const y = (value) => height - 2 - (height - 6) * (value / most);
  for (const [field, path] of chart.lines) {
    // Where nothing was measured the line is broken.
    let pen = 'M';
    const line = samples.map((sample, index) => {
      if (sample[field] == null) { pen = 'M'; return ''; }
      const point = `${pen}${x(index).toFixed(1)} ${y(sample[field]).toFixed(1)}`;
      pen = 'L';
      return point;
    }).join('');
    path.setAttribute('d', line);
  }
  const area = chart.second ? '' : samples.map((sample, index) => `${index ? 'L' : 'M'}${x(index).toFixed(1)} ${y(sample[chart.first] ?? 0).toFixed(1)}`).join('');
  chart.area.setAttribute('d', area && `${area}L${width} ${height}L${x(0).toFixed(1)} ${height}Z`);
  const measured = samples.findLast((sample) => sample[chart.first] != null);
  chart.output.replaceChildren(
    chart.second && measured ? `${told(measured[chart.first])} · ${told(measured[chart.second])}` : told(measured?.[chart.first]),
    element('small', { textContent: chart.unit && ` ${chart.unit}` }));
}

const row = (...cells) => element('tr', {}, ...cells.map((cell) => element('td', { textContent: cell })));

function show(data) {
  by('node').textContent = data.node;
  for (const chart of charts) draw(chart, data.samples);
  by('backlogs').replaceChildren(...data.backlogs.map(({ module, depth, lag }) => row(module, told(depth), depth ? `${told(lag)} s` : '')));
  const parked = data.parked_count;
  by('parked-note').textContent = parked === 0 ? 'None.'
    : parked > data.parked.length ? `${parked} deliveries failed for good; these are the oldest.` : `${parked} failed for good.`;
  by('parked').hidden = by('replay').hidden = parked === 0;
  by('parked').tBodies[0].replaceChildren(...data.parked.map((one) => row(
    new Date(one.occurred_at).toLocaleString(), `${one.event_type} ${one.event_id}`, `${one.module} → ${one.subscriber}`, one.error ?? '')));
}

const ask = (path, options = {}) => fetch(path, { ...options, headers: token ? { Authorization: `Bearer ${token}` } : {} });

function say(text, isAway = false) {
  if (by('state').textContent !== text) by('state').textContent = text;
  by('state').classList.toggle('away', isAway);
}

async function look() {
  try {
    const answer = await ask('/dashboard/data');
    const isRefused = answer.status === 401 || answer.status === 403;
    by('entry').hidden = !isRefused;
    by('content').hidden = isRefused;
    if (isRefused) say(token ? 'This token is not one of staff.' : 'For staff.', Boolean(token));
    else if (answer.ok) { show(await answer.json()); say('live'); }
    else say(`answers ${answer.status}`, true);
  } catch {
    say('does not answer', true);
  }
}

by('entry').addEventListener('submit', (event) => {
  event.preventDefault();
  token = by('token').value.trim();
  look();
});

by('replay').addEventListener('click', async () => {
  by('replay').disabled = true;
  try {
    const answer = await ask('/dashboard/replay', { method: 'POST' });
    if (!answer.ok) say(`the replay answers ${answer.status}`, true);
    await look();
  } catch {
    say('does not answer', true);
  } finally {
    by('replay').disabled = false;
  }
});

look();
setInterval(look, 1000);
