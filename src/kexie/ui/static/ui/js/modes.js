// Theme and type size change at once; the cookie lets the server render the choice on the next page.
const YEAR = 365 * 24 * 3600;
const keep = (name, value) => {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `kx_${name}=${value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
};

const apply = {
  size(value) { document.documentElement.classList.toggle("large", value === "large"); },
  theme(value) {
    document.documentElement.classList.toggle("theme-dark", value === "dark");
    document.documentElement.classList.toggle("theme-light", value === "light");
  },
};
const opposite = { large: "normal", normal: "large", dark: "light", light: "dark" };

const dark = () => {
  const list = document.documentElement.classList;
  return list.contains("theme-dark") || (!list.contains("theme-light") && matchMedia("(prefers-color-scheme: dark)").matches);
};

for (const button of document.querySelectorAll("[data-modes] button[name=theme]")) {
  // The server cannot see what the system prefers, so the first press must turn to the other one.
  button.value = dark() ? "light" : "dark";
  button.setAttribute("aria-pressed", String(dark()));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-modes] button");
  if (!button || !apply[button.name]) return;
  event.preventDefault();
  apply[button.name](button.value);
  keep(button.name, button.value);
  button.setAttribute("aria-pressed", String(button.value === "large" || button.value === "dark"));
  button.value = opposite[button.value];
});

// The staff rail starts closed on phones.
const rail = document.querySelector("[data-rail]");
if (rail) {
  const wide = matchMedia("(min-width: 64rem)");
  const set = () => { rail.open = wide.matches; };
  set();
  wide.addEventListener("change", set);
}
