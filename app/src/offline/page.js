// The page without a network: shows the presses that wait on this device, takes new ones, and makes way for the real page
// as soon as the server answers. The real page sends what waits: `live/press/outbox.rs`, whose format this writes.
(() => {
  const at = (id) => document.getElementById(id);
  const { keys, longestWaitMs, longestKeptMs, fields, words } = JSON.parse(at('data').textContent);
  const [, , code] = location.pathname.split('/');
  const prefix = `${keys.press}${code}.`;
  at('code').textContent = code;

  // Storage can be forbidden or full. Answers whether it was done.
  const tried = (deed) => {
    try {
      deed();
      return true;
    } catch {
      return false;
    }
  };
  const stored = (start) => Object.keys(localStorage).filter((key) => key.startsWith(start));
  const keep = (key, value) => {
    const set = () => localStorage.setItem(key, value);
    // Own presses can be fetched from the server again; this one can't.
    const makeRoom = () => stored(keys.own).forEach((own) => localStorage.removeItem(own));
    return tried(set) || (tried(makeRoom) && tried(set));
  };

  // The presses that wait, the oldest first.
  const waiting = () => {
    const presses = [];
    const add = (key) => {
      const press = JSON.parse(localStorage.getItem(key));
      const { note, label } = press;
      // The app stores presses by the server's clock, and by how much this device's is ahead of it.
      const ahead = press.is_provisional ? 0 : Number(localStorage.getItem(keys.ahead));
      // The app writes nanoseconds.
      const pressed = Date.parse(press.pressed_at.replace(/(\.\d{3})\d+/, '$1')) + ahead;
      const age = Date.now() - pressed;
      const said = note ?? (label ? words.labelled : '');
      if (age < longestKeptMs) presses.push({ said, pressed, isLate: age > longestWaitMs });
    };
    // One that can't be read hides no other.
    tried(() => stored(prefix).forEach((key) => tried(() => add(key))));
    return presses.sort((one, other) => one.pressed - other.pressed);
  };
  const time = (ms) => new Date(ms).toTimeString().slice(0, 8);
  const span = (kind, text) => {
    const made = document.createElement('span');
    made.className = `timestamp__${kind}`;
    made.textContent = text;
    return made;
  };
  const row = ({ said, pressed, isLate }) => {
    const row = document.createElement('li');
    row.className = `timestamp timestamp--${isLate ? 'late' : 'waiting'}`;
    const note = span('note', said);
    note.dir = 'auto';
    row.append(span('offset', time(pressed)), ' ', note, ' ', span('state', isLate ? words.late : words.waiting));
    return row;
  };
  const draw = () => {
    const presses = waiting();
    at('count').textContent = presses.length;
    at('none').hidden = presses.length > 0;
    at('times').hidden = presses.length === 0;
    at('unsent').replaceChildren(...presses.map(row));
  };
  draw();
  // What waits grows too old.
  setInterval(draw, 10000);

  // What is typed outlives this page, as it does the real one.
  let typedAt = -Infinity;
  const ids = Object.keys(fields);
  const typed = (id) => `${keys.typed}${code}.${id}`;
  // In one line, and without halves of characters, which the app could not read. It counts what is left after that.
  const text = (id) => at(id).value.replace(/\p{Cs}/gu, '\ufffd').replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const left = (id) => fields[id] - [...text(id)].length;
  const count = () => {
    const rest = left('note');
    const said = rest < 0 ? words.over : rest === 1 ? words.oneLeft : words.left;
    at('note-left').textContent = said.replace('{}', Math.abs(rest));
    at('note-left').classList.toggle('field__count--over', rest < 0);
    for (const id of ids) at(id).setAttribute('aria-invalid', left(id) < 0);
  };
  for (const id of ids) {
    const last = () => (id === 'name' ? localStorage.getItem(keys.name) : null);
    // Somebody may have cleared the last name.
    tried(() => (at(id).value = sessionStorage.getItem(typed(id)) ?? last() ?? ''));
    at(id).addEventListener('input', () => {
      typedAt = performance.now();
      tried(() => sessionStorage.setItem(typed(id), at(id).value));
      count();
    });
  }
  count();
  // As `storage::remove_typed` does.
  const forget = () => {
    tried(() => sessionStorage.clear());
    tried(() => sessionStorage.setItem(keys.forgotten, ''));
    for (const id of ids) at(id).value = '';
    count();
  };
  // Another tab may send some, or erase this browser (`storage::is_erasure`).
  addEventListener('storage', ({ key, newValue }) => {
    if (key === null || (key === keys.forgotten && newValue !== null)) forget();
    draw();
  });

  // A text of which something can be seen: `domain/text.rs` takes all that this takes.
  const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{M}\p{DI}\u2800]/u;
  const visible = (id) => (VISIBLE.test(text(id)) ? text(id) : null);
  // A UUIDv7, like the app's.
  const uuid = (ms) => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    for (let byte = 5; byte >= 0; byte -= 1, ms = Math.floor(ms / 256)) bytes[byte] = ms % 256;
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
  const say = (kind, words) => {
    at('press-result').className = `press-result press-result--${kind}`;
    at('press-result').textContent = words;
  };
  const coolDown = () => {
    const button = at('press-button');
    button.dataset.cooling = '';
    setTimeout(() => delete button.dataset.cooling, 500);
    navigator.vibrate?.(10);
  };
  let pressedAt = -Infinity;
  // Held down, Enter would submit the form again and again.
  at('press-form').addEventListener('keydown', (event) => {
    if (event.repeat && event.key === 'Enter') event.preventDefault();
  });
  at('press-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const tooLong = ids.find((id) => left(id) < 0);
    if (tooLong) {
      say('refused', words.tooLong[tooLong]);
      at(tooLong).focus();
      return;
    }
    const [note, name] = [visible('note'), visible('name')];
    // Part of the last press: a double click, or a trembling finger.
    const isSame = performance.now() - pressedAt < 500;
    if (isSame && note === null) return;
    pressedAt = performance.now();
    const now = Date.now();
    const id = uuid(now);
    // The time is this device's; the real page corrects it by the server's.
    const press = { id, note, name, pressed_at: new Date(now).toISOString(), is_provisional: true };
    if (!keep(prefix + id, JSON.stringify(press))) {
      say('refused', words.lost.replace('{}', time(now)));
      return;
    }
    coolDown();
    at('note').value = '';
    tried(() => sessionStorage.removeItem(typed('note')));
    // Also that there is none: the last one would come back.
    keep(keys.name, name ?? '');
    count();
    say('waiting', words.kept.replace('{}', time(now)));
    draw();
  });

  // Asks ever more seldom and at random times, so that many who wait for one server don't ask together.
  const LONGEST_PAUSE_MS = 30000;
  let [timer, asked, asking] = [0, 0, undefined];
  const isBack = async (asking) => {
    const request = { method: 'HEAD', cache: 'no-store', signal: asking.signal };
    // On a half-dead connection no answer may come for minutes.
    const deadline = setTimeout(() => asking.abort(), LONGEST_PAUSE_MS);
    try {
      // A proxy answers for a server that is down. Other errors are the server's own, and its page explains them.
      return (await fetch(location.pathname, request)).status < 500;
    } catch {
      return false;
    } finally {
      clearTimeout(deadline);
    }
  };
  const askLater = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(ask, ms * (0.5 + Math.random() / 2));
  };
  const ask = async () => {
    const mine = (asking = new AbortController());
    const isThere = await isBack(mine);
    // Somebody has asked anew.
    if (asking !== mine) return;
    asked += 1;
    if (!isThere) {
      askLater(Math.min(1000 * 2 ** asked, LONGEST_PAUSE_MS));
    } else if (performance.now() - typedAt < 3000) {
      // Nobody is interrupted in the middle of a word.
      askLater(1000);
    } else {
      // This page stays until the answer is there. If it never comes, it asks again.
      location.reload();
      askLater(2 * LONGEST_PAUSE_MS);
    }
  };
  const askNow = () => {
    asked = 0;
    // One that hangs says nothing about the connection of now.
    asking?.abort();
    asking = undefined;
    askLater(0);
  };
  addEventListener('online', askNow);
  document.addEventListener('visibilitychange', () => document.hidden || askNow());
  at('try-now').addEventListener('click', () => {
    typedAt = -Infinity;
    askNow();
  });
  askLater(2000);
})();
