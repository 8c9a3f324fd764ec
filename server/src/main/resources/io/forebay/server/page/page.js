'use strict';

// Stands on /v1 alone: entries for the table, invalidations, and the WebSocket /v1/live, which tells
// every second how the node is doing and thereby when to look at the entries again. With the setting
// page.realtime off it asks for that now and then instead.

const LIMIT = 200;
const KEPT_MILLIS = 60_000; // how long what is gone stays in the table
const RETRY_MILLIS = 3_000;

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const settings = document.documentElement.dataset; // apiBase, realtime, pollMillis
const base = apiBase();

// The setting page.api_base; but this very server, by another of its names, is no other origin.
function apiBase() {
  if (!settings.apiBase) return location.origin;
  const named = new URL(settings.apiBase);
  const isThis = named.port === location.port && LOOPBACK.includes(named.hostname) &&
    LOOPBACK.includes(location.hostname);
  return isThis ? location.origin : named.origin;
}

const element = id => document.getElementById(id);
const search = element('search').elements;
const rows = new Map(); // key → what is known of it
let clockAhead = Infinity; // this machine's clock less the server's, as the fastest message told
let changes = ''; // the counters that move when entries change
let looking = false;
let lookAgain = false;

const token = () => search.token.value.trim();
const cachePath = () => '/v1/caches/' + encodeURIComponent(search.cache.value);

async function call(method, path, options = {}) {
  const headers = new Headers(options.headers);
  if (token()) headers.set('Authorization', 'Bearer ' + token());
  const response = await fetch(base + path, {method, headers, body: options.body, cache: 'no-store'});
  const isJson = (response.headers.get('Content-Type') || '').includes('json');
  const body = isJson ? await response.json() : null;
  if (!response.ok) {
    const problem = body || {};
    const expected = problem.expected ? ' Expected ' + problem.expected + '.' : '';
    throw new Error((problem.detail || response.status + ' ' + response.statusText) + expected);
  }
  return body;
}

function say(text) {
  element('message').textContent = text;
}

async function attempt(what) {
  try {
    await what();
  } catch (error) {
    say(error.message);
  }
}

// ---- the table

function match() {
  const text = search.match.value.trim();
  if (!text) return '';
  return /[*?[]/.test(text) ? text : '*' + text.replace(/[\\]/g, '\\$&') + '*';
}

// One look at a time; who asks meanwhile gets another one afterwards.
async function look() {
  if (looking) {
    lookAgain = true;
    return;
  }
  looking = true;
  try {
    do {
      lookAgain = false;
      const query = new URLSearchParams({limit: LIMIT});
      if (match()) query.set('match', match());
      const page = await call('GET', cachePath() + '/entries?' + query);
      take(page.entries);
      element('more').hidden = !page.next_cursor;
    } while (lookAgain);
  } catch (error) {
    say(error.message);
  } finally {
    looking = false;
  }
}

function take(entries) {
  const listed = new Set();
  for (const entry of entries) {
    listed.add(entry.key);
    rows.set(entry.key, {
      key: entry.key,
      until: Date.parse(entry.fresh_until),
      fresh: entry.fresh,
      reads: entry.access_count,
      bytes: entry.weight_bytes,
      tags: entry.tags,
      gone: null,
    });
  }
  for (const row of rows.values()) {
    if (!listed.has(row.key) && row.gone === null) row.gone = Date.now();
  }
  draw();
}

function state(row, now) {
  if (row.until <= now) return 'expired';
  if (row.gone !== null) return 'removed';
  return row.fresh ? 'fresh' : 'stale';
}

function left(row, now) {
  // A quarter of a second of the message's way is not worth another second.
  const seconds = Math.max(0, Math.ceil((row.until - now) / 1000 - 0.25));
  if (seconds < 60) return seconds + ' s';
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ' + (seconds % 60) + ' s';
  if (seconds < 86400) return Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds % 3600 / 60) + ' min';
  return Math.floor(seconds / 86400) + ' d ' + Math.floor(seconds % 86400 / 3600) + ' h';
}

const serverTime = () => Date.now() - (Number.isFinite(clockAhead) ? clockAhead : 0);

function draw() {
  const now = serverTime();
  for (const [key, row] of rows) {
    const over = row.gone !== null ? row.gone : row.until <= now ? Date.now() - (now - row.until) : null;
    if (over !== null && Date.now() - over > KEPT_MILLIS) rows.delete(key);
  }
  const body = element('rows');
  const known = new Map([...body.children].map(line => [line.dataset.key, line]));
  for (const row of [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const line = known.get(row.key) || newLine(row.key);
    known.delete(row.key);
    const present = state(row, now);
    if (line.dataset.state !== present) line.dataset.state = present;
    set(line, 'state', present);
    set(line, 'left', present === 'removed' ? '' : left(row, now));
    set(line, 'reads', String(row.reads));
    set(line, 'bytes', String(row.bytes));
    set(line, 'tags', row.tags.join(', '));
    line.querySelector('button').disabled = present === 'expired' || present === 'removed';
    body.append(line);
  }
  known.forEach(line => line.remove());
}

function set(line, name, text) {
  const cell = line.querySelector('.' + name);
  if (cell.textContent !== text) cell.textContent = text;
}

function newLine(key) {
  const line = document.createElement('tr');
  line.dataset.key = key;
  const head = document.createElement('th');
  head.scope = 'row';
  head.className = 'key';
  head.textContent = key;
  line.append(head);
  for (const name of ['state', 'left', 'reads', 'bytes', 'tags']) {
    const cell = document.createElement('td');
    cell.className = name + (name === 'state' || name === 'tags' ? '' : ' number');
    line.append(cell);
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Invalidate';
  button.setAttribute('aria-label', 'Invalidate ' + key);
  button.addEventListener('click', () => attempt(() => invalidate('keys', key)));
  const action = document.createElement('td');
  action.append(button);
  line.append(action);
  return line;
}

// ---- changing

async function predicted(key, value) {
  try {
    const answer = await call('POST', '/predict', {body: JSON.stringify({key, value})});
    return answer.ttl;
  } catch {
    return null; // there is no predictor here: the cache's own lifetime holds
  }
}

element('add').addEventListener('submit', event => {
  event.preventDefault();
  const form = event.target;
  const fields = form.elements;
  attempt(async () => {
    const key = fields.key.value;
    const ttl = fields.ttl.value || (await predicted(key, fields.value.value));
    const headers = {'Content-Type': 'text/plain; charset=utf-8'};
    if (ttl) headers['Cache-Control'] = 'max-age=' + ttl;
    if (fields.tags.value.trim()) headers['Cache-Tag'] = fields.tags.value;
    await call('PUT', cachePath() + '/entries/' + encodeURIComponent(key), {headers, body: fields.value.value});
    // One that lives shorter than the next look takes is to be seen too.
    if (ttl) {
      rows.set(key, {key, until: serverTime() + 1000 * ttl, fresh: true, reads: 0, bytes: 0, tags: [], gone: null});
    }
    say('Added ' + key + (ttl ? ', for ' + ttl + ' s' : ''));
    form.reset();
    fields.key.focus();
    await look();
  });
});

async function invalidate(scope, name) {
  const operation = {scope, values: [name]};
  if (scope !== 'tags') operation.cache = search.cache.value;
  await call('POST', '/v1/invalidations', {
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({operations: [operation], why: 'the page at /'}),
  });
  say('Invalidated ' + name);
  await look();
}

element('invalidate').addEventListener('submit', event => {
  event.preventDefault();
  const fields = event.target.elements;
  attempt(() => invalidate(fields.scope.value, fields.name.value));
});

element('search').addEventListener('submit', event => event.preventDefault());
search.match.addEventListener('input', () => {
  rows.clear();
  look();
});
search.cache.addEventListener('change', () => {
  rows.clear();
  look();
});
search.token.addEventListener('change', () => {
  sessionStorage.setItem('forebay.token', token());
  say('');
  begin();
});

// ---- live

function show(figures) {
  clockAhead = Math.min(clockAhead, Date.now() - Date.parse(figures.timestamp));
  const reads = figures.reads_per_second > 0;
  element('hit-rate').textContent = reads ? (100 * figures.hit_rate).toFixed(1) + ' %' : 'no reads';
  element('latency-p50').textContent = figures.latency_ms.p50.toFixed(2) + ' ms';
  element('latency-p99').textContent = figures.latency_ms.p99.toFixed(2) + ' ms';
  element('requests').textContent = figures.requests_per_second.toFixed(1);
  element('entries').textContent = figures.entries.toLocaleString('en');
  element('memory').textContent = (figures.cache_size_bytes / (1 << 20)).toFixed(2) + ' MiB';
  const now = [figures.entries, figures.writes, figures.removals, figures.invalidations,
    figures.evictions, figures.expirations, figures.hits].join();
  if (now !== changes) {
    changes = now;
    look();
  }
}

let socket = null;

function connect() {
  if (socket) {
    socket.onclose = null;
    socket.close();
  }
  const protocols = token() ? ['forebay', 'token.' + token()] : ['forebay'];
  socket = new WebSocket(base.replace(/^http/, 'ws') + '/v1/live', protocols);
  socket.onopen = () => {
    clockAhead = Infinity;
    element('connection').textContent = 'live';
  };
  socket.onmessage = event => {
    const message = JSON.parse(event.data);
    if (message.type === 'figures') show(message.figures);
  };
  socket.onclose = () => {
    element('connection').textContent = 'not connected, trying again';
    setTimeout(connect, RETRY_MILLIS);
  };
}

let polls = 0;

// Until somebody else begins to.
async function poll(which) {
  try {
    show((await call('GET', '/v1/live')).figures);
    element('connection').textContent = 'asking every ' + settings.pollMillis / 1000 + ' s';
  } catch (error) {
    element('connection').textContent = 'no answer, asking again';
    say(error.message);
  }
  if (which === polls) setTimeout(poll, Number(settings.pollMillis), which);
}

async function begin() {
  if (settings.realtime === 'false') poll(++polls);
  else connect();
  await attempt(async () => {
    const answer = await call('GET', '/v1/caches');
    const chosen = search.cache.value;
    search.cache.replaceChildren(...answer.caches.map(cache => new Option(cache.name)));
    if (answer.caches.some(cache => cache.name === chosen)) search.cache.value = chosen;
  });
  await look();
}

search.token.value = sessionStorage.getItem('forebay.token') || '';
setInterval(draw, 250);
begin();
