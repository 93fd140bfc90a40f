"use strict";
// Everything that anybody wrote comes in as data and goes out as text: no markup is made of it.
(() => {
  const PAGE = 100;
  const MOST_PRINTED = 2000;
  const SVG = "http://www.w3.org/2000/svg";
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const { strings, keys, environments } = data;
  const numbers = new Map(keys.map((key, number) => [key, number]));
  const collator = new Intl.Collator("en", { numeric: true });

  /** An element with attributes and children; a child that is no element is text. */
  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  /** The value of a key as [value, origin], or nothing. */
  function said(unit, number) {
    const own = unit.v || [];
    for (let at = 0; at < own.length; at += 3) {
      if (own[at] === number) return own[at + 1] < 0 ? undefined : [own[at + 1], own[at + 2]];
    }
    return most[unit.e].get(number);
  }
  const most = environments.map((environment) => new Map(environment.values));

  function value(unit, key) {
    const number = numbers.get(key);
    const found = number === undefined ? undefined : said(unit, number);
    return found === undefined ? "" : strings[found[0]];
  }

  /** Every value of a unit: key, value, origin. */
  function allValues(unit) {
    const all = [];
    keys.forEach((key, number) => {
      const found = said(unit, number);
      if (found !== undefined) all.push([key, strings[found[0]], origin(unit, found[1])]);
    });
    return all.sort((one, other) => (one[0] < other[0] ? -1 : 1));
  }

  const nameOf = (unit) => `${environments[unit.e].name}/${unit.n}`;
  const configOf = (unit) => `${environments[unit.e].configs}/${unit.n}.yaml`;
  const rootOf = (unit) => `${environments[unit.e].roots}/${unit.n}`;
  const origin = (unit, number) => (number < 0 ? `${configOf(unit)}:${-number}` : strings[number]);
  const address = (path) => data.files + path.split("/").map(encodeURIComponent).join("/");

  function tags(unit) {
    return keys.flatMap((key) => (key.startsWith("tags.") ? [value(unit, key)] : []));
  }

  /** Who takes the place of its server: another instance, or the readers of a cluster. */
  function standby(unit) {
    const readers = value(unit, "replicas");
    if (readers !== "") return `${readers} reader${readers === "1" ? "" : "s"}`;
    return value(unit, "multiAz") === "true" ? "yes" : "no";
  }

  const rows = data.units.map((unit) => {
    const row = {
      unit,
      name: nameOf(unit),
      environment: environments[unit.e].name,
      engine: `${value(unit, "engine")} ${value(unit, "engineVersion")}`,
      class: value(unit, "instanceClass"),
      storage: value(unit, "allocatedStorage"),
      multiAz: standby(unit),
      authentication: value(unit, "authentication"),
      supportEnds: unit.s || "unknown",
      lifecycle: value(unit, "lifecycle"),
      waivers: (unit.w || []).length,
      deviations: (unit.d || []).length,
      problems: (unit.p || []).length,
    };
    const words = [row.name, row.engine, row.class, row.authentication, row.lifecycle, row.supportEnds];
    words.push(value(unit, "shortname"), ...tags(unit), ...(unit.d || []).map(([key]) => keys[key]));
    words.push(...(unit.w || []).map(([rule]) => strings[rule]), ...(unit.p || []).map(([rule]) => strings[rule]));
    row.words = words.join("\n").toLowerCase();
    return row;
  });
  const byName = new Map(rows.map((row) => [row.name, row]));

  // The table.

  const state = { key: "name", isReversed: false, page: 0, shown: rows };
  const body = byId("table").tBodies[0];
  const headings = [...byId("table").tHead.rows[0].cells];
  const columns = headings.map((heading) => heading.dataset.key);

  function select() {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const environment = byId("environment").value;
    state.shown = rows.filter((row) => {
      if (environment !== "" && row.environment !== environment) return false;
      return words.every((word) => row.words.includes(word));
    });
    const { key, isReversed } = state;
    const sign = isReversed ? -1 : 1;
    const compare = (one, other) =>
      typeof one[key] === "number" ? one[key] - other[key] : collator.compare(one[key], other[key]);
    state.shown.sort((one, other) => sign * compare(one, other) || collator.compare(one.name, other.name));
    state.page = 0;
    draw();
  }

  function draw() {
    const from = state.page * PAGE;
    fill(state.shown.slice(from, from + PAGE));
    const count = state.shown.length;
    byId("count").textContent = count === rows.length ? `${count} databases` : `${count} of ${rows.length} databases`;
    drawPages(Math.ceil(count / PAGE));
  }

  function fill(shown) {
    body.replaceChildren(
      ...shown.map((row) => {
        const line = make("tr");
        for (const key of columns) {
          if (key === "name") {
            const link = make("a", { href: `#${encodeURI(row.name)}` }, row.name);
            line.append(make("th", { scope: "row" }, link));
          } else {
            const text = row[key] === 0 ? "" : String(row[key]);
            line.append(make("td", {}, text));
          }
        }
        return line;
      }),
    );
  }

  function drawPages(count) {
    const nav = byId("pages");
    nav.hidden = count < 2;
    if (nav.hidden) return;
    const turn = (words, step) => {
      const page = state.page + step;
      const button = make("button", { type: "button", disabled: page < 0 || page >= count }, words);
      button.addEventListener("click", () => {
        state.page = page;
        draw();
        const again = [...nav.querySelectorAll("button")].find((other) => other.textContent === words);
        (again.disabled ? nav.querySelector("button:not(:disabled)") : again).focus();
      });
      return button;
    };
    const where = make("span", { role: "status" }, `Page ${state.page + 1} of ${count}`);
    nav.replaceChildren(turn("Previous", -1), where, turn("Next", 1));
  }

  function sortBy(key) {
    state.isReversed = state.key === key && !state.isReversed;
    state.key = key;
    showOrder();
    select();
  }

  function showOrder() {
    for (const heading of headings) {
      const isIt = heading.dataset.key === state.key;
      if (isIt) heading.setAttribute("aria-sort", state.isReversed ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
      heading.firstChild.dataset.order = isIt ? (state.isReversed ? "down" : "up") : "";
    }
  }

  for (const heading of headings) {
    const button = make("button", { type: "button" }, heading.textContent);
    button.addEventListener("click", () => sortBy(heading.dataset.key));
    heading.replaceChildren(button);
  }
  byId("search").addEventListener("input", select);
  byId("environment").addEventListener("change", select);
  byId("controls").hidden = false;

  // The part of a database.

  const part = (id, title, ...content) =>
    make("section", { "aria-labelledby": id }, make("h3", { id }, title), ...content);

  function list(headings, lines, name) {
    const head = make("tr", {}, ...headings.map((heading) => make("th", { scope: "col" }, heading)));
    const cells = ([first, ...rest]) =>
      make("tr", {}, make("th", { scope: "row", class: "code" }, first), ...rest.map((text) => make("td", {}, text)));
    return make("table", { class: name || "" }, make("thead", {}, head), make("tbody", {}, ...lines.map(cells)));
  }

  function picture(unit) {
    const [number, ...differing] = unit.g;
    const { svg, texts } = data.pictures[number];
    const own = texts.slice();
    for (let at = 0; at < differing.length; at += 2) own[differing[at]] = differing[at + 1];
    const drawing = document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true);
    const places = [...drawing.getElementsByTagNameNS(SVG, "*")].filter((one) => ["title", "text"].includes(one.localName));
    places.forEach((place, at) => (place.textContent = strings[own[at]]));
    const scroll = { class: "scroll picture", role: "region", tabindex: "0", "aria-label": "Picture of the wiring" };
    return part("wiring", "Wiring", make("div", scroll, drawing));
  }

  function details(row) {
    const { unit } = row;
    const environment = environments[unit.e];
    const title = make("h2", { tabindex: "-1" }, row.name);
    const facts = `${row.engine}, ${row.class}, account ${environment.accountId}, ${environment.region}, support ends ${row.supportEnds}`;
    const links = make("p", {}, make("a", { href: address(configOf(unit)) }, "config"), " · ");
    links.append(make("a", { href: address(rootOf(unit)) }, "root"), ` · modules ${environment.modules}`);
    const parts = [back(), title, make("p", { class: "facts" }, facts), links];
    const text = (number) => strings[number];
    if (unit.q) {
      const lines = unit.q.map(([at, path, before, after]) => [`${text(at)} ${text(path)}`, text(before), text(after)]);
      const window = make("p", { class: "facts" }, `AWS does it in the maintenance window, ${value(unit, "maintenanceWindow")}.`);
      parts.push(part("waiting", "Waits for the window", window, list(["What", "Now", "Then"], lines)));
    }
    if (unit.p) {
      const lines = unit.p.map(([rule, isError, message, help]) => [text(rule), isError ? "error" : "warning", text(message), text(help)]);
      parts.push(part("problems", "Problems", list(["Rule", "Severity", "What", "What to do"], lines)));
    }
    if (unit.w) {
      const lines = unit.w.map(([rule, reason, expires]) => [text(rule), expires, text(reason)]);
      parts.push(part("unit-waivers", "Waivers", list(["Rule", "Last day", "Reason"], lines)));
    }
    if (unit.d) {
      const lines = unit.d.map(([key, other]) => [keys[key], value(unit, keys[key]), text(other)]);
      parts.push(part("deviates", "Deviates from its environment", list(["Key", "Value", "Would be"], lines)));
    }
    parts.push(picture(unit), part("values", "Every value", list(["Key", "Value", "Origin"], allValues(unit), "values")));
    return parts;
  }

  const back = () => make("p", { class: "back" }, make("a", { href: "#databases" }, "All databases"));

  function decoded(hash) {
    try {
      return decodeURI(hash);
    } catch {
      return hash;
    }
  }

  let left = null;
  function go() {
    const name = decoded(location.hash.slice(1));
    const section = byId("unit");
    const isUnit = name.includes("/");
    byId("overview").hidden = isUnit;
    section.hidden = !isUnit;
    if (isUnit) {
      const row = byName.get(name);
      const nothing = () => [back(), make("h2", { tabindex: "-1" }, `There is no database ${name}`)];
      section.replaceChildren(...(row ? details(row) : nothing()));
      left = name;
      window.scrollTo(0, 0);
      section.querySelector("h2").focus({ preventScroll: true });
    } else if (left !== null) {
      const link = [...body.querySelectorAll("a")].find((one) => one.textContent === left);
      section.replaceChildren();
      left = null;
      (link || byId("databases")).focus();
    }
  }

  window.addEventListener("hashchange", go);
  window.addEventListener("beforeprint", () => fill(state.shown.slice(0, MOST_PRINTED)));
  window.addEventListener("afterprint", draw);
  showOrder();
  select();
  go();
})();
