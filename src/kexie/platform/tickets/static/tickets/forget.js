// No ticket stays on a device after signing out: emptied when a form that signs out is sent, or at once on a page for
// those who are not signed in.
const forms = document.querySelectorAll("form[action*='/sign-out']");
const forget = () => indexedDB.deleteDatabase("kexie-tickets");

for (const form of forms) form.addEventListener("submit", forget);
if (!forms.length) forget();
