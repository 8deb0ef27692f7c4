"use strict";
const data = JSON.parse(document.getElementById("workloads").textContent);
const bay = document.getElementById("bay");
const search = document.getElementById("search");
const found = document.getElementById("found");
const tip = document.getElementById("tip");

for (const button of document.querySelectorAll("[data-resource]")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[data-resource]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    for (const view of document.querySelectorAll(".view")) {
      view.hidden = view.dataset.view !== button.dataset.resource;
    }
    highlight();
  });
}

function highlight() {
  const wanted = search.value.trim().toLowerCase();
  bay.classList.toggle("searching", wanted !== "");
  for (const stack of bay.querySelectorAll(".hit")) stack.classList.remove("hit");
  found.textContent = "";
  if (!wanted) return;
  const family = data.families.findIndex((name) => name.toLowerCase() === wanted);
  const exact = data.names.some((name) => name.toLowerCase() === wanted);
  const ids = new Set();
  data.names.forEach((name, id) => {
    const lower = name.toLowerCase();
    const hit = family >= 0 ? data.family[id] === family : exact ? lower === wanted : lower.includes(wanted);
    if (hit) ids.add(String(id));
  });
  for (const stack of bay.querySelectorAll(".view:not([hidden]) .s")) {
    if (stack.dataset.w.split(" ").some((id) => ids.has(id))) stack.classList.add("hit");
  }
  const many = (count, noun) => count.toLocaleString("en") + " " + noun + (count === 1 ? "" : "s");
  const list = [...ids];
  const replicas = list.reduce((sum, id) => sum + data.replicas[id], 0);
  if (list.length === 0) found.textContent = "no workload of this name";
  else if (list.length > 1) found.textContent = many(list.length, "workload") + ": " + many(replicas, "replica");
  else found.textContent = data.names[list[0]] + ": " + many(replicas, "replica") + " on " + many(data.hosts[list[0]], "host");
}

search.addEventListener("input", highlight);
for (const button of document.querySelectorAll("[data-pick]")) {
  button.addEventListener("click", () => {
    const name = data.families[Number(button.dataset.pick)];
    search.value = search.value === name ? "" : name;
    highlight();
  });
}

function titleOf(node) {
  const holder = node.closest("[data-tip], :has(> title)");
  if (!holder || !bay.contains(holder)) return "";
  const title = holder.querySelector(":scope > title");
  if (title) { // taken out, so that the browser's own tooltip does not show as well
    holder.dataset.tip = title.textContent;
    title.remove();
  }
  return holder.dataset.tip || "";
}

bay.addEventListener("mousemove", (event) => {
  const text = titleOf(event.target);
  tip.hidden = text === "";
  if (tip.hidden) return;
  tip.textContent = text;
  const right = Math.min(event.clientX + 16, window.innerWidth - tip.offsetWidth - 12);
  const below = event.clientY + 18;
  const fits = below + tip.offsetHeight < window.innerHeight - 8;
  tip.style.left = Math.max(8, right) + "px";
  tip.style.top = (fits ? below : event.clientY - tip.offsetHeight - 12) + "px";
});
bay.addEventListener("mouseleave", () => { tip.hidden = true; });
