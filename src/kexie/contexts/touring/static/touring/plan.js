// A plan that is being computed: the page is loaded again every two seconds until it is done.
const running = document.querySelector("[data-plan-running]");
if (running) setTimeout(() => location.reload(), 2000);
