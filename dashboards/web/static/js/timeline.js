// The picture of the timeline: lines with bars or densities for three times the stretch that is seen, drawn in parts of
// that stretch, so that moving and zooming are changes of numbers until the next picture has come.
(() => {
  const place = document.querySelector("[data-timeline]");
  if (!place) return;
  const frame = place.querySelector("[data-frame]");
  const lines = place.querySelector("[data-lines]");
  const axis = place.querySelector("[data-axis]");
  const SHORTEST = 1000, LONGEST = 400 * 86400000, NEAR = 0.35, SETTLE_MS = 160, MORE_LINES = 60;
  const view = { from: Date.parse(place.dataset.from), to: Date.parse(place.dataset.to) };
  let picture = null, wanted = MORE_LINES, waiting = null, asked = 0, open = null;

  const part = (at) => ((at - view.from) / (view.to - view.from)) * 100;
  const iso = (at) => new Date(at).toISOString();
  const element = (name, kind, text) => {
    const made = document.createElement(name);
    made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // Whether what is drawn still serves: it has to cover the view, at a scale that is not far off.
  function isStale() {
    if (!picture) return true;
    const span = view.to - view.from, drawn = (picture.until - picture.since) / 3;
    const room = span * NEAR;
    return view.from - room < picture.since || view.to + room > picture.until || span > drawn * 1.15 || span < drawn / 1.15;
  }

  async function fetchPicture() {
    const number = (asked += 1);
    const address = new URL(place.dataset.picture, location.href);
    address.searchParams.set("from", iso(view.from));
    address.searchParams.set("to", iso(view.to));
    address.searchParams.set("width", Math.max(100, axis.clientWidth));
    address.searchParams.set("lines", wanted);
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (number !== asked) return; // a newer question is on its way
    if (!answer || !answer.ok) return window.facetrail.note("The timeline could not be read. Reload the page.");
    picture = await answer.json();
    draw();
    if (picture.reading) setTimeout(fetchPicture, 1000);
  }

  function later(delay = SETTLE_MS) {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      settle();
      if (isStale()) fetchPicture();
    }, delay);
  }

  // Once the view rests: the address, the other controls and the table follow it.
  function settle() {
    const address = new URL(location.href);
    for (const name of ["range", "at"]) address.searchParams.delete(name);
    address.searchParams.set("from", iso(view.from));
    address.searchParams.set("to", iso(view.to));
    history.replaceState(history.state, "", address);
    const middle = iso((view.from + view.to) / 2);
    for (const link of place.querySelectorAll("[data-range]")) {
      const target = new URL(link.href);
      target.searchParams.set("at", middle);
      link.href = target;
      link.removeAttribute("aria-current");
    }
    document.querySelector("[data-view-from]").value = iso(view.from);
    document.querySelector("[data-view-to]").value = iso(view.to);
    readTable();
  }

  function readTable() {
    const table = new URL(place.dataset.table, location.href);
    table.searchParams.set("from", iso(view.from));
    table.searchParams.set("to", iso(view.to));
    window.htmx.ajax("GET", table.pathname + table.search, { target: "#timeline-table", swap: "innerHTML" });
  }

  function draw() {
    const focused = document.activeElement?.dataset?.id;
    const made = picture.lines.map(drawLine);
    if (!made.length) made.push(element("p", "timeline-wait soft", picture.reading ? "Reading the record…" : "Nobody was seen around this time."));
    if (picture.more) {
      const foot = element("div", "timeline-foot");
      const button = element("button", "button button-small", `${picture.more} more lines`);
      button.type = "button";
      button.addEventListener("click", () => { wanted += MORE_LINES; fetchPicture(); });
      foot.append(button);
      made.push(foot);
    }
    lines.replaceChildren(...made);
    arrange();
    if (focused) lines.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  function drawLine(line, number) {
    const row = element("div", "timeline-line");
    const before = picture.lines[number - 1];
    if (before && before.status !== line.status) row.classList.add("is-first");
    const name = element("a", "timeline-name");
    name.href = line.person ? personAddress(line.person) : `/timeline?${new URLSearchParams({ status: line.status, from: iso(view.from), to: iso(view.to) })}`;
    name.title = `${line.title}, ${line.status}: ${line.count} sightings`;
    if (line.face) name.append(faceOf(line.face));
    name.append(element("span", "", line.title), element("span", "faint", line.count));
    const lane = element("div", "timeline-lane");
    if (line.dense.length) lane.append(density(line));
    for (const [from, to, id, told] of line.bars) lane.append(bar(line, from, to, id, told));
    row.append(name, lane);
    return row;
  }

  function faceOf(person) {
    const made = element("img", "face timeline-face");
    Object.assign(made, { alt: "", loading: "lazy", draggable: false, src: `/people/${encodeURIComponent(person)}/face` });
    return made;
  }

  const personAddress = (person) => `/timeline?${new URLSearchParams({ person, from: iso(view.from), to: iso(view.to) })}`;

  function bar(line, from, to, id, told) {
    const made = element("a", `timeline-bar is-${line.status}`);
    made.href = `/sightings/${id}`;
    made.dataset.evidence = made.dataset.id = id;
    made.dataset.from = from;
    made.dataset.to = to;
    made.draggable = false;
    made.setAttribute("aria-label", `${line.title}, ${line.status}: ${told}`);
    made.title = `${line.title}: ${told}`;
    made.classList.toggle("is-open", id === open);
    return made;
  }

  // Densities as one shape; its height grows with the square root, so that few are seen beside many.
  function density(line) {
    const most = Math.sqrt(Math.max(...line.dense.map(([, , count]) => count)));
    const shape = line.dense.map(([first, n, count]) => {
      const top = 1 - Math.max(0.18, Math.sqrt(count) / most);
      return `M${first} 1V${top.toFixed(3)}H${first + n}V1Z`;
    });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", `timeline-density is-${line.status}`);
    svg.setAttribute("viewBox", `0 0 ${picture.bins} 1`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${line.title}: ${line.count} sightings, too close together to be shown one by one; zoom in`);
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape.join(""));
    svg.append(path);
    return svg;
  }

  // Everything to where it belongs in the view.
  function arrange() {
    if (!picture) return;
    for (const one of lines.querySelectorAll(".timeline-bar")) {
      const left = part(+one.dataset.from);
      one.style.left = `${left}%`;
      one.style.width = `${part(+one.dataset.to) - left}%`;
      one.tabIndex = left > 100 || part(+one.dataset.to) < 0 ? -1 : 0;
    }
    for (const one of lines.querySelectorAll(".timeline-density")) {
      one.style.left = `${part(picture.since)}%`;
      one.style.width = `${part(picture.until) - part(picture.since)}%`;
    }
    drawAxis();
    place.querySelector("[data-title]").textContent = title();
  }

  function drawAxis() {
    const [room, wide] = [62, 84].map((px) => px / Math.max(axis.clientWidth, 100) * 100); // per cent that labels take
    let last = -Infinity, next = -Infinity;
    const marks = [];
    for (const [at, label, isMajor] of picture.marks) {
      const left = part(at);
      if (left > 100 || (left >= 0 && left < next && !isMajor)) continue;
      if (left < next || (left < 0 && isMajor)) marks.pop();
      else if (left < 0 && !isMajor) continue;
      const mark = element("div", `timeline-mark${isMajor ? " is-major" : ""}${left < 0 ? " is-past" : ""}`, label);
      last = Math.max(left, 0); // the day that has begun before stays in sight, at the edge
      next = last + (isMajor ? wide : room);
      mark.style.left = `${last}%`;
      marks.push(mark);
    }
    const now = part(Date.now());
    if (now >= 0 && now <= 100) {
      const line = element("div", "timeline-now");
      line.style.left = `${now}%`;
      line.title = "Now";
      marks.push(line);
    }
    axis.replaceChildren(...marks);
  }

  // What is seen, in the site's zone: its days, and within one day from when to when.
  function title() {
    const [first, last, end] = [view.from, view.to, view.to - 1].map(local);
    if (first.day + first.year === end.day + end.year) {
      const isWhole = first.clock === "00:00" && last.clock === "00:00";
      return `${first.day} ${first.year}${isWhole ? "" : `, ${first.clock} – ${last.clock}`}`;
    }
    return `${first.day}${first.year === end.year ? "" : ` ${first.year}`} – ${end.day} ${end.year}`;
  }

  function local(at) {
    const moment = new Date(at + offsetAt(at));
    const [weekday, date, month, year] = moment.toUTCString().replace(",", "").split(" "); // Fri, 01 May 2026 09:30:05 GMT
    const fine = view.to - view.from < 600000;
    return { day: `${weekday} ${+date} ${month}`, year, clock: moment.toISOString().slice(11, fine ? 19 : 16) };
  }

  // The zone's offset comes with the picture, as it changes with daylight saving: [since, offset] pairs.
  const offsetAt = (at) => picture.offsets.findLast(([since]) => since <= at)?.[1] ?? picture.offsets[0][1];

  function change(from, to) {
    const span = Math.min(Math.max(to - from, SHORTEST), LONGEST);
    const middle = (from + to) / 2;
    view.from = middle - span / 2;
    view.to = middle + span / 2;
    arrange();
    later();
  }

  const timeline = {
    frame, axis, view, change, wasDragged: false,
    // Zoom around a moment, which stays where it is; the factor is that of the span.
    zoom(factor, around = (view.from + view.to) / 2) {
      const span = Math.min(Math.max((view.to - view.from) * factor, SHORTEST), LONGEST);
      const share = (around - view.from) / (view.to - view.from);
      change(around - share * span, around + (1 - share) * span);
    },
    move(parts) {
      const by = (view.to - view.from) * parts;
      change(view.from + by, view.to + by);
    },
    at(clientX) {
      const box = axis.getBoundingClientRect();
      return view.from + ((clientX - box.left) / box.width) * (view.to - view.from);
    },
    mark(id) {
      open = id;
      for (const one of lines.querySelectorAll(".timeline-bar")) one.classList.toggle("is-open", one.dataset.id === id);
    },
  };
  window.facetrail.timeline = timeline;
  document.addEventListener("relabelled", () => { fetchPicture(); readTable(); });
  new ResizeObserver(() => { if (picture) drawAxis(); }).observe(axis);
  fetchPicture();
})();
