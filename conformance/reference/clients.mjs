// A client in the manner of the texts' JavaScript snippets (`fetch`), over all adapters, for a while at a rate. Prints
// one JSON line at the end: how many requests, and every answer that was not expected (at most 20).

const [host, seconds, rate, portsJson] = process.argv.slice(2);
const ports = JSON.parse(portsJson); // printed port → real
const workers = 4;
const bad = [];
let count = 0;

const url = (port, path) => `http://${host}:${ports[port]}${path}`;
const pause = millis => new Promise(resolve => setTimeout(resolve, millis));
const expect = (holds, what) => {
  if (!holds && bad.length < 20) bad.push(typeof what === 'string' ? what : JSON.stringify(what));
};

async function ask(method, where, body, status = 200) {
  const response = await fetch(where, {
    method,
    headers: {'Content-Type': 'application/json'},
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  count++;
  const text = await response.text();
  expect(response.status === status, `${method} ${where}: ${response.status} ${text.slice(0, 200)}`);
  return text;
}

const json = async (...request) => JSON.parse(await ask(...request));

function steps(number) {
  const key = kind => `js-${kind}:${number}:${Math.floor(Math.random() * 200)}`;
  return [
    async () => {
      const name = key('user');
      const value = {name: 'John Doe', visits: Math.floor(Math.random() * 1e6)};
      await ask('POST', url(8000, '/api/cache/set'), {
        key: name, value, data_type: 'json', ttl: 3600, metadata: {tags: [`js-${number}`], source: 'database'},
      });
      const got = await json('GET', url(8000, `/api/cache/get/${name}`));
      expect(got.found && JSON.stringify(got.cache_item.value) === JSON.stringify(value), got);
      const gone = await json('POST', url(8000, '/api/cache/invalidate'), {tags: [`js-${number}`], pattern: 'js-none:*'});
      expect(gone.success, gone);
      expect(!(await json('GET', url(8000, `/api/cache/get/${name}`))).found, `${name} is still there`);
    },
    async () => {
      const names = [key('batch'), key('batch')];
      await ask('POST', url(8000, '/api/cache/set-batch'),
        names.map(name => ({key: name, value: {name}, data_type: 'json'})));
      const batch = await json('POST', url(8000, '/api/cache/get-batch'), [...names, 'nonexistent']);
      expect(batch.results.every(one => one.success) && !batch.results[2].result.found, batch);
      const {statistics} = await json('GET', url(8000, '/api/cache/stats'));
      expect(statistics.hit_rate.toFixed(2) && statistics.total_memory_usage > 0, statistics);
    },
    async () => {
      const where = url(8080, `/api/v1/cache/${key('item')}`);
      await ask('PUT', where, {value: {n: 1}, ttl: 300, tags: ['js']});
      expect((await json('GET', where)).ttl === 300000000000, where);
      await ask('DELETE', where);
      await ask('GET', where, undefined, 404);
    },
    async () => {
      const name = key('name');
      const said = await ask('POST', url(8080, '/set'), {key: name, value: 'darkmatter'});
      expect(/^Key \S+ set with TTL \d+s$/.test(said), said);
    },
    async () => {
      const where = url(9400, `/api/cache/${key('users')}`);
      await ask('PUT', where, {value: 'x', ttl: 60});
      expect((await json('GET', where)).value === 'x', where);
      expect((await json('GET', url(9401, '/api/invalidate/preview?pattern=js-users:*&limit=1'))).count > 0, 'preview');
      await json('GET', url(9403, '/api/metrics'));
    },
  ];
}

const started = performance.now();
const over = () => performance.now() - started > seconds * 1000;

async function work(number) {
  const all = steps(number);
  let due = performance.now();
  while (!over()) {
    const before = count;
    try {
      await all[Math.floor(Math.random() * all.length)]();
    } catch (failure) {
      expect(false, String(failure));
    }
    due += 1000 * Math.max(1, (count - before) / workers) * workers / rate;
    await pause(Math.max(0, Math.min(1000, due - performance.now())));
  }
}

await Promise.all(Array.from({length: workers}, (_, number) => work(number)));
console.log(JSON.stringify({client: 'node', requests: count, seconds: (performance.now() - started) / 1000, bad}));
process.exit(bad.length || !count ? 1 : 0);
